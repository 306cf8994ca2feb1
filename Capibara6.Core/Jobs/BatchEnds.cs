using Npgsql;
using NpgsqlTypes;

namespace Capibara6.Core.Jobs;

/// <summary>
/// Marks batches as ended when no job is left to do. It must see what others have committed, so it runs after the commit that
/// ended a job: of two workers that end the last two jobs at the same time, the later one sees both.
/// </summary>
internal sealed class BatchEnds(IBatchNews news, TimeProvider time)
{
    // The LIMIT keeps the planner from joining: it stops at the first job that is left, however many there are.
    private const string Mark = """
        UPDATE batches b
        SET finished_at = $1,
            succeeded = (SELECT count(*)::int FROM jobs WHERE batch_id = b.id AND status = 2),
            failed = (SELECT count(*)::int FROM jobs WHERE batch_id = b.id AND status = 3),
            cancelled = (SELECT count(*)::int FROM jobs WHERE batch_id = b.id AND status = 4)
        WHERE b.finished_at IS NULL
          AND (SELECT 1 FROM jobs WHERE batch_id = b.id AND status IN (0, 1) LIMIT 1) IS NULL
        """;

    private const string MarkThese = Mark + " AND b.id = ANY($2)";

    /// <summary>Marks those of these that have ended, and tells the watchers of all of them that they have come further.</summary>
    public async Task MarkAsync(NpgsqlConnection connection, Guid[] batchIds, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, MarkThese, batchIds, cancellationToken);
        await news.TellAsync(batchIds, cancellationToken);
    }

    /// <summary>All of them: those whose worker died between its last job and this.</summary>
    public Task MarkAllAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, Mark, batchIds: null, cancellationToken);

    private async Task ExecuteAsync(NpgsqlConnection connection, string sql, Guid[]? batchIds, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
        if (batchIds is not null)
        {
            command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = batchIds, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
