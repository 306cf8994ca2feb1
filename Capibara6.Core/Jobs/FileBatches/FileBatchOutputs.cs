using Capibara6.Core.Data;
using Capibara6.Core.Files;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Capibara6.Core.Jobs;

/// <summary>
/// Writes a batch's two files, drops its jobs, whose outcomes are in them now, and says so, in one transaction: whoever dies on the way
/// leaves it to the next.
/// </summary>
internal sealed class FileBatchOutputs(
    [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource, IOptions<StoredFileOptions> options, TimeProvider time)
    : IFileBatchOutputs
{
    // Answers may be long: a page is kept small.
    private const int Page = 50;

    private const string Next = """
        SELECT id, account_id, output_seconds FROM batches
        WHERE endpoint IS NOT NULL AND finalized_at IS NULL AND finished_at IS NOT NULL
        ORDER BY finished_at LIMIT 1 FOR UPDATE SKIP LOCKED
        """;

    private const string Outcomes = """
        SELECT id, index, custom_id, status, result::text, error_code, error_kind, error_message
        FROM jobs WHERE batch_id = $1 AND index > $2 ORDER BY index LIMIT $3
        """;

    private const string Drop = "DELETE FROM jobs WHERE batch_id = $1";

    private const string Mark = "UPDATE batches SET finalized_at = $2, output_file_id = $3::uuid, error_file_id = $4::uuid, has_expired = $5 WHERE id = $1";

    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        while (await WriteNextAsync(cancellationToken))
        {
            // Until none is left.
        }
    }

    private async Task<bool> WriteNextAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await FindAsync(connection, cancellationToken) is not { } batch)
        {
            return false;
        }

        FileWriter? output = null;
        FileWriter? errors = null;
        var hasExpired = false;
        var last = -1;
        List<FileOutcome> page;
        do
        {
            page = await ReadAsync(connection, batch.Id, last, cancellationToken);
            foreach (var outcome in page)
            {
                var writer = outcome.Status == JobStatus.Succeeded
                    ? output ??= await BeginAsync(connection, batch, "output", cancellationToken)
                    : errors ??= await BeginAsync(connection, batch, "error", cancellationToken);
                await writer.WriteAsync(outcome.ToLine(), cancellationToken);
                hasExpired |= outcome.ErrorCode == FailureCodes.BatchExpired;
                last = outcome.Index;
            }
        }
        while (page.Count == Page);

        var outputFile = output is null ? null : await output.EndAsync(cancellationToken);
        var errorFile = errors is null ? null : await errors.EndAsync(cancellationToken);
        await ExecuteAsync(connection, Drop, cancellationToken, batch.Id);
        await ExecuteAsync(connection, Mark, cancellationToken, batch.Id, time.GetUtcNow(), outputFile?.Id, errorFile?.Id, hasExpired);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private Task<FileWriter> BeginAsync(NpgsqlConnection connection, Found batch, string what, CancellationToken cancellationToken) => FileWriter.BeginAsync(
        connection, batch.AccountId, $"batch_{batch.Id:N}_{what}.jsonl", FilePurposes.BatchOutput, batch.Lifetime ?? options.Value.Retention, time, cancellationToken);

    private static async Task<Found?> FindAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Next, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new Found(reader.GetGuid(0), reader.GetGuid(1), reader.IsDBNull(2) ? null : TimeSpan.FromSeconds(reader.GetInt32(2)))
            : null;
    }

    private static async Task<List<FileOutcome>> ReadAsync(NpgsqlConnection connection, Guid batchId, int after, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Outcomes, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = batchId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Page });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var page = new List<FileOutcome>(Page);
        while (await reader.ReadAsync(cancellationToken))
        {
            page.Add(new FileOutcome(reader.GetGuid(0), reader.GetInt32(1), reader.GetString(2), (JobStatus)reader.GetInt16(3))
            {
                Answer = reader.IsDBNull(4) ? null : reader.GetString(4),
                ErrorCode = reader.IsDBNull(5) ? null : reader.GetString(5),
                ErrorKind = reader.IsDBNull(6) ? null : (FailureKind)reader.GetInt16(6),
                ErrorMessage = reader.IsDBNull(7) ? null : reader.GetString(7),
            });
        }

        return page;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Found(Guid Id, Guid AccountId, TimeSpan? Lifetime);
}
