using Npgsql;

namespace Capibara6.Core.Jobs;

/// <summary>The idempotency keys that batches of both kinds were filed under.</summary>
internal static class BatchKeys
{
    private const string Find = "SELECT id FROM batches WHERE account_id = $1 AND idempotency_key = $2 AND request_hash = $3";

    /// <returns>The batch that the same request made before; null when another request has its key.</returns>
    public static async Task<Guid?> FindMadeBeforeAsync(
        NpgsqlConnection connection, Guid accountId, string key, byte[] requestHash, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Find, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = accountId },
                new NpgsqlParameter<string> { TypedValue = key },
                new NpgsqlParameter<byte[]> { TypedValue = requestHash },
            },
        };
        return (Guid?)await command.ExecuteScalarAsync(cancellationToken);
    }
}
