using Capibara6.Core.Data;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Capibara6.Core.Jobs;

internal enum CancelResult
{
    Cancelled,
    HasEnded,
    NotFound,
}

/// <summary>Ends what a batch has not begun, and tells the workers to end what runs: nothing is put back any more.</summary>
internal sealed class BatchCanceller(
    [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource, BatchEnds ends, IJobSignal signal,
    TimeProvider time)
{
    // The lock that JobQueue's statements share when they put a job back: one of the two comes first, and the other sees it.
    private const string Lock = "SELECT finished_at FROM batches WHERE id = $1 AND ($2::uuid IS NULL OR account_id = $2) AND (endpoint IS NOT NULL) = $3 FOR UPDATE";

    private const string MarkBatch = "UPDATE batches SET cancelled_at = coalesce(cancelled_at, $2) WHERE id = $1";

    private const string CancelJobs = "UPDATE jobs SET status = 4, finished_at = $2 WHERE batch_id = $1 AND status = 0";

    /// <param name="account">Whose it must be; null for anybody's.</param>
    /// <param name="ofFile">Whether it is a batch of a file; the two kinds don't know of each other.</param>
    public async Task<CancelResult> CancelAsync(Guid id, Guid? account, bool ofFile, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            // A batch whose last job has just ended may not be marked yet.
            await ends.MarkAsync(connection, [id], cancellationToken);
            if (await LockAsync(connection, id, account, ofFile, cancellationToken) is var result and not CancelResult.Cancelled)
            {
                await transaction.CommitAsync(cancellationToken);
                return result;
            }

            var now = time.GetUtcNow();
            await ExecuteAsync(connection, MarkBatch, id, now, cancellationToken);
            await ExecuteAsync(connection, CancelJobs, id, now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        await ends.MarkAsync(connection, [id], cancellationToken);
        await signal.NotifyCancelledAsync(id, cancellationToken);
        return CancelResult.Cancelled;
    }

    private static async Task<CancelResult> LockAsync(
        NpgsqlConnection connection, Guid id, Guid? account, bool ofFile, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Lock, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = id },
                new NpgsqlParameter { Value = (object?)account ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
                new NpgsqlParameter<bool> { TypedValue = ofFile },
            },
        };
        return await command.ExecuteScalarAsync(cancellationToken) switch
        {
            null => CancelResult.NotFound,
            DBNull => CancelResult.Cancelled,
            _ => CancelResult.HasEnded,
        };
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = id }, new NpgsqlParameter<DateTimeOffset> { TypedValue = now } },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
