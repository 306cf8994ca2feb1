using System.Runtime.CompilerServices;
using System.Text.Json;
using Capibara6.Core.Data;
using Capibara6.Core.Identity;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Capibara6.Core.Jobs;

/// <summary>Reads batches and their outcomes. Ownership is part of each statement.</summary>
internal sealed class BatchReader([FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource)
{
    // Answers may be long: a page is kept small, and no connection is held while the reader of the results takes its time.
    private const int ResultPage = 100;

    // One statement sees one moment, so the counts of a running batch always add up to its total.
    private const string Select = """
        SELECT b.id, b.priority, b.total, b.created_at, b.started_at, b.cancelled_at, b.finished_at,
               coalesce(c.pending, 0), coalesce(c.running, 0),
               coalesce(b.succeeded, c.succeeded), coalesce(b.failed, c.failed), coalesce(b.cancelled, c.cancelled), b.deadline_at
        FROM batches b
        LEFT JOIN LATERAL (
            SELECT count(*) FILTER (WHERE status = 0)::int AS pending, count(*) FILTER (WHERE status = 1)::int AS running,
                   count(*) FILTER (WHERE status = 2)::int AS succeeded, count(*) FILTER (WHERE status = 3)::int AS failed,
                   count(*) FILTER (WHERE status = 4)::int AS cancelled
            FROM jobs WHERE batch_id = b.id) c ON b.finished_at IS NULL
        """;

    // Batches of files are told and read in OpenAI's way: FileBatchReader.
    private const string Owned = "($1::uuid IS NULL OR b.account_id = $1) AND b.endpoint IS NULL";

    private const string FindSql = Select + " WHERE b.id = $2 AND " + Owned;

    private const string ListSql = Select + " WHERE " + Owned + " AND ($2::uuid IS NULL OR b.id < $2) ORDER BY b.id DESC LIMIT $3";

    private const string ResultColumns = "index, custom_id, status, result, error_code, error_kind, error_message, attempts";

    private const string ResultsSql = $"""
        SELECT {ResultColumns}
        FROM jobs WHERE batch_id = $1 AND index > $2 AND status >= 2 ORDER BY index LIMIT $3
        """;

    private const string ResultPagesSql = $"""
        SELECT page.*, b.id
        FROM batches b
        CROSS JOIN LATERAL (
            SELECT {ResultColumns}
            FROM jobs WHERE batch_id = b.id AND index > $3 AND status >= 2 ORDER BY index LIMIT $4) page
        WHERE {Owned} AND b.id = ANY ($2)
        ORDER BY b.id, page.index
        """;

    public async Task<BatchView?> FindAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(FindSql);
        command.Parameters.Add(OwnerOf(caller));
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? ViewOf(reader) : null;
    }

    public async Task<IReadOnlyList<BatchView>> ListAsync(Caller caller, Guid? before, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(ListSql);
        command.Parameters.Add(OwnerOf(caller));
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)before ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var batches = new List<BatchView>(limit);
        while (await reader.ReadAsync(cancellationToken))
        {
            batches.Add(ViewOf(reader));
        }

        return batches;
    }

    public async IAsyncEnumerable<BatchItemResult> ReadResultsAsync(
        Guid batchId, int after, int? limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = after;
        var left = limit ?? int.MaxValue;
        while (left > 0)
        {
            var size = Math.Min(left, ResultPage);
            var page = await ReadPageAsync(batchId, last, size, cancellationToken);
            foreach (var result in page)
            {
                yield return result;
            }

            if (page.Count < size)
            {
                yield break;
            }

            left -= page.Count;
            last = page[^1].Index;
        }
    }

    /// <summary>A page of the outcomes of each of these batches.</summary>
    public async Task<ILookup<Guid, BatchItemResult>> ReadPagesAsync(
        IReadOnlyCollection<Guid> ids, Caller caller, int after, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(ResultPagesSql);
        command.Parameters.Add(OwnerOf(caller));
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. ids] });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var results = new List<(Guid Batch, BatchItemResult Result)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            results.Add((reader.GetGuid(8), ResultOf(reader)));
        }

        return results.ToLookup(item => item.Batch, item => item.Result);
    }

    private async Task<List<BatchItemResult>> ReadPageAsync(Guid batchId, int last, int size, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(ResultsSql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = batchId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = last });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = size });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var page = new List<BatchItemResult>();
        while (await reader.ReadAsync(cancellationToken))
        {
            page.Add(ResultOf(reader));
        }

        return page;
    }

    private static NpgsqlParameter OwnerOf(Caller caller) => new()
    {
        Value = caller.IsAdmin ? DBNull.Value : caller.AccountId, NpgsqlDbType = NpgsqlDbType.Uuid,
    };

    private static BatchView ViewOf(NpgsqlDataReader reader)
    {
        var (pending, running) = (reader.GetInt32(7), reader.GetInt32(8));
        var startedAt = MomentOf(reader, 4);
        var ended = pending + running == 0;
        return new BatchView
        {
            Id = reader.GetGuid(0),
            Status = ended
                ? (reader.IsDBNull(5) ? BatchStatus.Completed : BatchStatus.Cancelled)
                : (startedAt is null ? BatchStatus.Queued : BatchStatus.Running),
            Priority = (BatchPriority)reader.GetInt16(1),
            Total = reader.GetInt32(2),
            Pending = pending,
            Running = running,
            Succeeded = reader.GetInt32(9),
            Failed = reader.GetInt32(10),
            Cancelled = reader.GetInt32(11),
            CreatedAt = reader.GetFieldValue<DateTimeOffset>(3),
            StartedAt = startedAt,
            FinishedAt = MomentOf(reader, 6),
            Deadline = MomentOf(reader, 12),
        };
    }

    private static BatchItemResult ResultOf(NpgsqlDataReader reader)
    {
        var status = (JobStatus)reader.GetInt16(2);
        return new BatchItemResult
        {
            Index = reader.GetInt32(0),
            CustomId = reader.IsDBNull(1) ? null : reader.GetString(1),
            Result = status == JobStatus.Succeeded ? JsonSerializer.Deserialize(reader.GetString(3), JobJson.Default.QueryResult) : null,
            Error = status switch
            {
                JobStatus.Failed => new Failure(reader.GetString(4), (FailureKind)reader.GetInt16(5), reader.GetString(6)),
                JobStatus.Cancelled => new Failure(FailureCodes.JobCancelled, FailureKind.Conflict, "The batch was cancelled before this query had an outcome."),
                _ => null,
            },
            Attempts = reader.GetInt32(7),
        };
    }

    private static DateTimeOffset? MomentOf(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
}
