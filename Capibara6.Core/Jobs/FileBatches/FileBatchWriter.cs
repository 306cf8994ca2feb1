using System.Text.Json;
using Capibara6.Core.Data;
using Capibara6.Core.Files;
using Capibara6.Core.ModelClients;
using Capibara6.Core.Queries;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Capibara6.Core.Jobs;

/// <summary>Stores a batch with a job for each line of its file in one transaction; a file that can't be taken makes a batch that has failed.</summary>
internal sealed class FileBatchWriter(
    [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource, IFiles files, IModelCatalog catalog, TimeProvider time)
    : IDisposable
{
    private const int MaxProblems = 50;

    private const string InsertBatch = """
        INSERT INTO batches (id, account_id, account_name, api_key_id, priority, total, created_at, trace_parent, deadline_at, idempotency_key,
            request_hash, endpoint, input_file_id, completion_window, metadata, output_seconds, problems, finished_at, finalized_at)
        VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17)
        ON CONFLICT (account_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
        """;

    private const string SetTotal = "UPDATE batches SET total = $2 WHERE id = $1";

    // Each holds two connections of a small pool.
    private readonly SemaphoreSlim _atATime = new(2);

    public void Dispose() => _atATime.Dispose();

    /// <returns>Its id, or that of the batch which the same request made before; null when another request has its key.</returns>
    public async Task<Guid?> StoreAsync(FileBatchRequest request, TimeSpan window, CancellationToken cancellationToken)
    {
        await _atATime.WaitAsync(cancellationToken);
        try
        {
            var now = time.GetUtcNow();
            var id = Guid.CreateVersion7(now);
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            List<FileProblem> problems;
            await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
            {
                if (!await InsertAsync(connection, id, request, window, now, problems: null, cancellationToken))
                {
                    return await BatchKeys.FindMadeBeforeAsync(
                        connection, request.Caller.AccountId, request.IdempotencyKey!, request.RequestHash!, cancellationToken);
                }

                problems = await CopyAsync(connection, id, request, now, cancellationToken);
                if (problems.Count == 0)
                {
                    await transaction.CommitAsync(cancellationToken);
                    return id;
                }
            }

            return await InsertAsync(connection, id, request, window, now, problems, cancellationToken)
                ? id
                : await BatchKeys.FindMadeBeforeAsync(
                    connection, request.Caller.AccountId, request.IdempotencyKey!, request.RequestHash!, cancellationToken);
        }
        finally
        {
            _atATime.Release();
        }
    }

    private async Task<List<FileProblem>> CopyAsync(
        NpgsqlConnection connection, Guid id, FileBatchRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var problems = new List<FileProblem>();
        var calls = new FileCalls(request.Endpoint, FileBatchEndpoints.Find(request.Endpoint)!, catalog);
        await using var copy = await JobCopy.BeginAsync(connection, id, request.Caller.AccountId, BatchPriority.Medium, now, cancellationToken);
        var number = 0;
        await foreach (var line in FileLines.ReadAsync(files.ReadAsync(request.InputFileId, cancellationToken), FileCalls.MaxLineBytes))
        {
            number++;
            var row = calls.Read(line, number, out var problem);
            if (problem is not null)
            {
                problems.Add(problem);
            }

            if (row is not null && copy.Count == QueryLimits.MaxBatchSize)
            {
                problems.Add(new("too_many_requests", $"A batch may have {QueryLimits.MaxBatchSize} lines.", null, number));
            }

            if (problems.Count == MaxProblems || problems is [.., { Code: "too_many_requests" }])
            {
                return problems;
            }

            if (row is not null && problems.Count == 0)
            {
                await copy.AddAsync(row, cancellationToken);
            }
        }

        if (problems.Count == 0 && copy.Count == 0)
        {
            problems.Add(new("empty_file", "The file has no lines.", null, null));
        }

        if (problems.Count == 0)
        {
            await copy.CompleteAsync(cancellationToken);
            await copy.DisposeAsync();
            await using var command = new NpgsqlCommand(SetTotal, connection);
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = copy.Count });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        return problems;
    }

    private static async Task<bool> InsertAsync(
        NpgsqlConnection connection, Guid id, FileBatchRequest request, TimeSpan window, DateTimeOffset now, List<FileProblem>? problems,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(InsertBatch, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = request.Caller.AccountId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.Caller.Name });
        Add(request.Caller.ApiKeyId, NpgsqlDbType.Uuid);
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)BatchPriority.Medium });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        Add(JobTelemetry.TraceParent(), NpgsqlDbType.Varchar);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now + window });
        Add(request.IdempotencyKey, NpgsqlDbType.Varchar);
        Add(request.RequestHash, NpgsqlDbType.Bytea);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.Endpoint });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = request.InputFileId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.CompletionWindow });
        Add(request.Metadata is null ? null : JsonSerializer.Serialize(request.Metadata, JobJson.Default.IReadOnlyDictionaryStringString), NpgsqlDbType.Json);
        Add((int?)request.OutputLifetime?.TotalSeconds, NpgsqlDbType.Integer);
        Add(problems is null ? null : JsonSerializer.Serialize(problems, JobJson.Default.IReadOnlyListFileProblem), NpgsqlDbType.Json);
        Add(problems is null ? (DateTimeOffset?)null : now, NpgsqlDbType.TimestampTz);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;

        void Add(object? value, NpgsqlDbType type) => command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
    }
}
