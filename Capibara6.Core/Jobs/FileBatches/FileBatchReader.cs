using System.Text.Json;
using Capibara6.Core.Data;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Capibara6.Core.Jobs;

/// <summary>Reads batches of files. Ownership is part of each statement.</summary>
internal sealed class FileBatchReader([FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource)
{
    private const string Select = """
        SELECT b.id, b.endpoint, b.input_file_id, b.completion_window, b.output_file_id, b.error_file_id, b.created_at, b.started_at,
               b.deadline_at, b.finished_at, b.finalized_at, b.cancelled_at, b.has_expired, b.total,
               coalesce(b.succeeded, c.succeeded, 0), coalesce(b.failed, c.failed, 0), b.metadata::text, b.problems::text
        FROM batches b
        LEFT JOIN LATERAL (
            SELECT count(*) FILTER (WHERE status = 2)::int AS succeeded, count(*) FILTER (WHERE status = 3)::int AS failed
            FROM jobs WHERE batch_id = b.id) c ON b.finished_at IS NULL
        WHERE b.account_id = $1 AND b.endpoint IS NOT NULL
        """;

    private const string FindSql = Select + " AND b.id = $2";

    private const string ListSql = Select + " AND ($2::uuid IS NULL OR b.id < $2) ORDER BY b.id DESC LIMIT $3";

    public async Task<FileBatchView?> FindAsync(Guid id, Guid accountId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(FindSql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = accountId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? ViewOf(reader) : null;
    }

    public async Task<IReadOnlyList<FileBatchView>> ListAsync(Guid accountId, Guid? after, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(ListSql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = accountId });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)after ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var batches = new List<FileBatchView>(limit);
        while (await reader.ReadAsync(cancellationToken))
        {
            batches.Add(ViewOf(reader));
        }

        return batches;
    }

    private static FileBatchView ViewOf(NpgsqlDataReader reader)
    {
        var (finished, finalized, cancelled) = (MomentOf(reader, 9), MomentOf(reader, 10), MomentOf(reader, 11));
        IReadOnlyList<FileProblem> problems = reader.IsDBNull(17)
            ? []
            : JsonSerializer.Deserialize(reader.GetString(17), JobJson.Default.IReadOnlyListFileProblem)!;
        return new FileBatchView
        {
            Id = reader.GetGuid(0),
            Endpoint = reader.GetString(1),
            InputFileId = reader.GetGuid(2),
            CompletionWindow = reader.GetString(3),
            Status = (problems.Count, finished, finalized, cancelled) switch
            {
                ( > 0, _, _, _) => FileBatchStatus.Failed,
                (_, _, not null, not null) => FileBatchStatus.Cancelled,
                (_, _, not null, _) => reader.GetBoolean(12) ? FileBatchStatus.Expired : FileBatchStatus.Completed,
                (_, _, _, not null) => FileBatchStatus.Cancelling,
                (_, not null, _, _) => FileBatchStatus.Finalizing,
                _ => FileBatchStatus.InProgress,
            },
            OutputFileId = reader.IsDBNull(4) ? null : reader.GetGuid(4),
            ErrorFileId = reader.IsDBNull(5) ? null : reader.GetGuid(5),
            CreatedAt = reader.GetFieldValue<DateTimeOffset>(6),
            StartedAt = MomentOf(reader, 7),
            ExpiresAt = reader.GetFieldValue<DateTimeOffset>(8),
            FinishedAt = finished,
            FinalizedAt = finalized,
            CancelledAt = cancelled,
            Total = reader.GetInt32(13),
            Succeeded = reader.GetInt32(14),
            Failed = reader.GetInt32(15),
            Metadata = reader.IsDBNull(16) ? null : JsonSerializer.Deserialize(reader.GetString(16), JobJson.Default.IReadOnlyDictionaryStringString),
            Problems = problems,
        };
    }

    private static DateTimeOffset? MomentOf(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
}
