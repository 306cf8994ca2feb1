using System.Text.Json;
using Capibara6.Core.Data;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Capibara6.Core.Jobs;

/// <summary>Stores a batch with all its jobs in one transaction.</summary>
internal sealed class BatchWriter(
    [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource, TimeProvider time)
{
    private const string InsertBatch = """
        INSERT INTO batches (id, account_id, account_name, api_key_id, priority, total, created_at, trace_parent, deadline_at, idempotency_key, request_hash,
            webhook_url, webhook_secret)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        ON CONFLICT (account_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
        """;

    /// <returns>Its id, or that of the batch which the same request made before; null when another request has its key.</returns>
    public async Task<Guid?> StoreAsync(BatchRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await InsertBatchAsync(connection, id, request, now, cancellationToken))
        {
            return await BatchKeys.FindMadeBeforeAsync(
                connection, request.Caller.AccountId, request.IdempotencyKey!, request.RequestHash!, cancellationToken);
        }

        await using (var copy = await JobCopy.BeginAsync(connection, id, request.Caller.AccountId, request.Priority, now, cancellationToken))
        {
            for (var i = 0; i < request.Items.Count; i++)
            {
                var item = request.Items[i];
                await copy.AddAsync(new JobRow(item.CustomId, item.Query, item.Model, ContextOf(item), SettingsOf(item)), cancellationToken);
            }

            await copy.CompleteAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return id;
    }

    private static async Task<bool> InsertBatchAsync(
        NpgsqlConnection connection, Guid id, BatchRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(InsertBatch, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = id },
                new NpgsqlParameter<Guid> { TypedValue = request.Caller.AccountId },
                new NpgsqlParameter<string> { TypedValue = request.Caller.Name },
                new NpgsqlParameter { Value = (object?)request.Caller.ApiKeyId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
                new NpgsqlParameter<short> { TypedValue = (short)request.Priority },
                new NpgsqlParameter<int> { TypedValue = request.Items.Count },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = now },
                new NpgsqlParameter { Value = (object?)JobTelemetry.TraceParent() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar },
                new NpgsqlParameter { Value = (object?)request.Deadline?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new NpgsqlParameter { Value = (object?)request.IdempotencyKey ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar },
                new NpgsqlParameter { Value = (object?)request.RequestHash ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea },
                new NpgsqlParameter { Value = (object?)request.Webhook?.Url ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar },
                new NpgsqlParameter { Value = (object?)request.Webhook?.Secret ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar },
            },
        };
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private static string? SettingsOf(BatchItem item) =>
        JobSettings.Of(item) is { } settings ? JsonSerializer.Serialize(settings, JobJson.Default.JobSettings) : null;

    private static string? ContextOf(BatchItem item) =>
        item.Context.Count == 0 ? null : JsonSerializer.Serialize(item.Context, JobJson.Default.IReadOnlyDictionaryStringString);
}
