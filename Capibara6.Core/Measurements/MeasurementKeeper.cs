using System.Data;
using System.Globalization;
using Capibara6.Core.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Capibara6.Core.Measurements;

/// <inheritdoc cref="IMeasurementKeeper"/>
internal sealed class MeasurementKeeper(
    [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource main,
    MeasurementStore store,
    MeasurementSchema schema,
    TimeProvider time,
    ILogger<MeasurementKeeper> logger) : IMeasurementKeeper
{
    private const int Portion = 5_000;
    private const string Source = "usage_records";

    // Weeks of the native partitions, counted from a Monday.
    private static readonly DateTime s_monday = new(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly HashSet<DateTime> _partitions = [];

    public bool IsConfigured => store.IsConfigured;

    public Task MigrateAsync(CancellationToken cancellationToken) => schema.MigrateAsync(cancellationToken);

    public async Task<int> FeedAsync(CancellationToken cancellationToken)
    {
        await schema.MigrateAsync(cancellationToken);
        var copied = 0;
        int portion;
        do
        {
            portion = await CopyAsync(cancellationToken);
            copied += portion;
        }
        while (portion == Portion);
        return copied;
    }

    public async Task CleanAsync(CancellationToken cancellationToken)
    {
        await schema.MigrateAsync(cancellationToken);
        if (schema.IsTimescale)
        {
            return;
        }

        await using var connection = await store.DataSource.OpenConnectionAsync(cancellationToken);
        var limit = time.GetUtcNow().UtcDateTime.AddDays(-MeasurementSchemaText.RetentionDays);
        await using var command = new NpgsqlCommand(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'query_events'::regclass AND c.relname < $1", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = PartitionOf(WeekOf(limit)) });
        var old = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                old.Add(reader.GetString(0));
            }
        }

        foreach (var partition in old)
        {
            await ExecuteAsync(connection, $"DROP TABLE IF EXISTS {partition}", cancellationToken);
        }

        _partitions.Clear();
    }

    /// <summary>The position moves in the transaction of what it stands for, and whoever copies holds it.</summary>
    private async Task<int> CopyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        var position = await MeasurementStatements.LockPositionAsync(connection, Source, cancellationToken);
        var events = await MeasurementStatements.ReadMainAsync(main, position, Portion, cancellationToken);
        if (events is null)
        {
            // A main database restored elsewhere counts its transactions anew. Events that are there already are left alone.
            MeasurementLog.OtherHistory(logger);
            events = await MeasurementStatements.ReadMainAsync(main, default, Portion, cancellationToken) ?? [];
        }

        if (events.Count == 0)
        {
            return 0;
        }

        if (!schema.IsTimescale)
        {
            await CreatePartitionsAsync(events, cancellationToken);
        }

        await MeasurementStatements.InsertAsync(connection, [.. events.Select(row => row.Record)], rollUp: !schema.IsTimescale, cancellationToken);
        await MeasurementStatements.MovePositionAsync(connection, Source, events[^1].Position, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return events.Count;
    }

    /// <summary>On a connection of its own: a partition is of use even when the copying fails.</summary>
    private async Task CreatePartitionsAsync(List<MeasurementStatements.Row> events, CancellationToken cancellationToken)
    {
        var missing = events.Select(row => WeekOf(row.Record.EndedAt.UtcDateTime)).Where(week => !_partitions.Contains(week)).Distinct().ToList();
        if (missing.Count == 0)
        {
            return;
        }

        await using var connection = await store.DataSource.OpenConnectionAsync(cancellationToken);
        foreach (var week in missing)
        {
            await ExecuteAsync(
                connection,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"CREATE TABLE IF NOT EXISTS {PartitionOf(week)} PARTITION OF query_events FOR VALUES FROM ('{week:yyyy-MM-dd} 00:00:00Z') TO ('{week.AddDays(7):yyyy-MM-dd} 00:00:00Z')"),
                cancellationToken);
            _partitions.Add(week);
        }
    }

    private static DateTime WeekOf(DateTime moment) => s_monday.AddDays(Math.Floor((moment - s_monday).TotalDays / 7) * 7);

    private static string PartitionOf(DateTime week) => string.Create(CultureInfo.InvariantCulture, $"query_events_{week:yyyyMMdd}");

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
