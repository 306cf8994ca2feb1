using Capibara6.Core.Usage;
using Npgsql;
using NpgsqlTypes;

namespace Capibara6.Core.Measurements;

/// <summary>The statements that copy records from the main database into events.</summary>
internal static class MeasurementStatements
{
    /// <summary>
    /// What follows a position in the order of transactions, as far as all of them have ended: a transaction that is still under way may
    /// have rows before those that are there.
    /// </summary>
    private const string ReadMain = $"""
        SELECT xid, {UsageStatement.Columns} FROM usage_records
        WHERE (xid, id) > ($1, $2) AND xid < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY xid, id LIMIT $3
        """;

    private const string IsAhead = "SELECT $1 >= pg_snapshot_xmax(pg_current_snapshot())";

    private const string EventColumns =
        "id, account_id, api_key_id, is_job, outcome, model, route, domain, cached, prompt_tokens, completion_tokens, cost_usd, duration_ms, route_ms, enrich_ms, model_ms, code_ms, time, latency_bin";

    private const string Events = $"""
        WITH fresh AS (
            INSERT INTO query_events ({EventColumns})
            SELECT g.id, g.account_id, coalesce(g.api_key_id, '00000000-0000-0000-0000-000000000000'), g.is_job, g.outcome, coalesce(g.model, ''),
                g.route, g.domain, g.cached, g.prompt_tokens, g.completion_tokens, g.cost_usd, g.duration_ms, g.route_ms, g.enrich_ms, g.model_ms,
                g.code_ms, g.ended_at, g.latency_bin
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) AS g ({UsageStatement.Columns}, latency_bin)
            ON CONFLICT DO NOTHING
            RETURNING time, account_id, api_key_id, model, outcome, cached, prompt_tokens, completion_tokens, cost_usd, latency_bin)
        """;

    private static readonly string s_insert = $"{Events} SELECT count(*) FROM fresh";

    private static readonly string s_insertAndRollUp = $"{Events}, {MeasurementSchemaText.RollUps} SELECT count(*) FROM fresh";

    internal readonly record struct Position(ulong Xid, Guid Id);

    internal readonly record struct Row(Position Position, UsageRecord Record);

    public static async Task<Position> LockPositionAsync(NpgsqlConnection connection, string source, CancellationToken cancellationToken)
    {
        await using (var create = new NpgsqlCommand("INSERT INTO feed_positions VALUES ($1, '0', '00000000-0000-0000-0000-000000000000') ON CONFLICT DO NOTHING", connection))
        {
            create.Parameters.Add(new NpgsqlParameter<string> { TypedValue = source });
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var command = new NpgsqlCommand("SELECT xid::text, id FROM feed_positions WHERE source = $1 FOR UPDATE", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = source });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new Position(ulong.Parse(reader.GetString(0), System.Globalization.CultureInfo.InvariantCulture), reader.GetGuid(1));
    }

    public static async Task MovePositionAsync(NpgsqlConnection connection, string source, Position position, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("UPDATE feed_positions SET xid = $2::text::xid8, id = $3 WHERE source = $1", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = source });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = position.Xid.ToString(System.Globalization.CultureInfo.InvariantCulture) });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = position.Id });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <returns>Null when the main database hasn't had the position's transaction yet: it is another one than it was.</returns>
    public static async Task<List<Row>?> ReadMainAsync(NpgsqlDataSource main, Position position, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await main.OpenConnectionAsync(cancellationToken);
        await using (var check = new NpgsqlCommand(IsAhead, connection))
        {
            check.Parameters.Add(new NpgsqlParameter { Value = position.Xid, NpgsqlDbType = NpgsqlDbType.Xid8 });
            if (await check.ExecuteScalarAsync(cancellationToken) is true)
            {
                return null;
            }
        }

        await using var command = new NpgsqlCommand(ReadMain, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = position.Xid, NpgsqlDbType = NpgsqlDbType.Xid8 });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = position.Id });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<Row>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new Row(new Position(reader.GetFieldValue<ulong>(0), reader.GetGuid(1)), RecordOf(reader)));
        }

        return rows;
    }

    /// <param name="rollUp">Whether the roll-ups are ours to keep.</param>
    public static async Task InsertAsync(NpgsqlConnection connection, IReadOnlyList<UsageRecord> records, bool rollUp, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(rollUp ? s_insertAndRollUp : s_insert, connection);
        UsageStatement.AddArrays(command, records);
        command.Parameters.Add(new NpgsqlParameter<short?[]>
        {
            TypedValue = [.. records.Select(record => record.Outcome == UsageRecord.Answered ? LatencyBins.Of(record.DurationMs) : (short?)null)],
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint,
        });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static UsageRecord RecordOf(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetGuid(1),
        AccountId = reader.GetGuid(2),
        ApiKeyId = reader.IsDBNull(3) ? null : reader.GetGuid(3),
        IsJob = reader.GetBoolean(4),
        Outcome = reader.GetString(5),
        Model = TextOf(reader, 6),
        Route = TextOf(reader, 7),
        Domain = TextOf(reader, 8),
        Cached = reader.GetBoolean(9),
        PromptTokens = reader.GetInt32(10),
        CompletionTokens = reader.GetInt32(11),
        CostUsd = reader.GetDecimal(12),
        DurationMs = reader.GetDouble(13),
        RouteMs = NumberOf(reader, 14),
        EnrichMs = NumberOf(reader, 15),
        ModelMs = NumberOf(reader, 16),
        CodeMs = NumberOf(reader, 17),
        EndedAt = reader.GetFieldValue<DateTimeOffset>(18),
    };

    private static string? TextOf(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static double? NumberOf(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetDouble(column);
}
