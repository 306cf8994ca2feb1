using Npgsql;
using NpgsqlTypes;

namespace Capibara6.Core.Jobs;

/// <summary>Copies a batch's jobs into the queue, within the transaction of its connection; unless it is completed, none of them.</summary>
internal sealed class JobCopy : IAsyncDisposable
{
    // A batch begins at the turn that is being served now, and behind what the same account has waiting.
    private const string FirstTurn = """
        SELECT greatest(
            (SELECT min(turn) FROM jobs WHERE status = 0 AND priority = $1),
            (SELECT max(turn) + 1 FROM jobs WHERE status = 0 AND priority = $1 AND account_id = $2),
            0)
        """;

    private const string Copy = """
        COPY jobs (id, batch_id, account_id, index, custom_id, query, context, model, settings, priority, turn, status, attempts, available_at, created_at)
        FROM STDIN (FORMAT BINARY)
        """;

    private readonly NpgsqlBinaryImporter _importer;
    private readonly Guid _batchId;
    private readonly Guid _accountId;
    private readonly BatchPriority _priority;
    private readonly long _firstTurn;
    private readonly DateTimeOffset _now;

    private JobCopy(NpgsqlBinaryImporter importer, Guid batchId, Guid accountId, BatchPriority priority, long firstTurn, DateTimeOffset now) =>
        (_importer, _batchId, _accountId, _priority, _firstTurn, _now) = (importer, batchId, accountId, priority, firstTurn, now);

    /// <summary>How many there are so far.</summary>
    public int Count { get; private set; }

    public static async Task<JobCopy> BeginAsync(
        NpgsqlConnection connection, Guid batchId, Guid accountId, BatchPriority priority, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(FirstTurn, connection)
        {
            Parameters = { new NpgsqlParameter<short> { TypedValue = (short)priority }, new NpgsqlParameter<Guid> { TypedValue = accountId } },
        };
        var turn = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        return new JobCopy(await connection.BeginBinaryImportAsync(Copy, cancellationToken), batchId, accountId, priority, turn, now);
    }

    public async Task AddAsync(JobRow row, CancellationToken cancellationToken)
    {
        await _importer.StartRowAsync(cancellationToken);
        await _importer.WriteAsync(Guid.CreateVersion7(_now), NpgsqlDbType.Uuid, cancellationToken);
        await _importer.WriteAsync(_batchId, NpgsqlDbType.Uuid, cancellationToken);
        await _importer.WriteAsync(_accountId, NpgsqlDbType.Uuid, cancellationToken);
        await _importer.WriteAsync(Count, NpgsqlDbType.Integer, cancellationToken);
        await WriteTextAsync(row.CustomId, NpgsqlDbType.Varchar, cancellationToken);
        await WriteTextAsync(row.Query, NpgsqlDbType.Text, cancellationToken);
        await WriteTextAsync(row.Context, NpgsqlDbType.Json, cancellationToken);
        await WriteTextAsync(row.Model, NpgsqlDbType.Varchar, cancellationToken);
        await WriteTextAsync(row.Settings, NpgsqlDbType.Json, cancellationToken);
        await _importer.WriteAsync((short)_priority, NpgsqlDbType.Smallint, cancellationToken);
        await _importer.WriteAsync(_firstTurn + Count, NpgsqlDbType.Bigint, cancellationToken);
        await _importer.WriteAsync((short)JobStatus.Pending, NpgsqlDbType.Smallint, cancellationToken);
        await _importer.WriteAsync(0, NpgsqlDbType.Integer, cancellationToken);

        // At once, whatever this machine's clock says: back-off goes by the database's.
        await _importer.WriteAsync(DateTimeOffset.MinValue, NpgsqlDbType.TimestampTz, cancellationToken);
        await _importer.WriteAsync(_now, NpgsqlDbType.TimestampTz, cancellationToken);
        Count++;
    }

    public async Task CompleteAsync(CancellationToken cancellationToken) => await _importer.CompleteAsync(cancellationToken);

    public ValueTask DisposeAsync() => _importer.DisposeAsync();

    private async Task WriteTextAsync(string? text, NpgsqlDbType type, CancellationToken cancellationToken)
    {
        if (text is null)
        {
            await _importer.WriteNullAsync(cancellationToken);
        }
        else
        {
            await _importer.WriteAsync(text, type, cancellationToken);
        }
    }
}

/// <summary>What is particular to one job. Context and settings are JSON; null when there are none.</summary>
internal sealed record JobRow(string? CustomId, string Query, string Model, string? Context = null, string? Settings = null);
