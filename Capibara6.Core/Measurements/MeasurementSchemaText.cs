using System.Globalization;

namespace Capibara6.Core.Measurements;

/// <summary>
/// The measurements' schema, step by step: each step once in TimescaleDB's words and once in PostgreSQL's own. Both give relations of the
/// same names and columns, so the queries are the same. Steps are only added.
/// <para>
/// query_events holds every query and job; usage_* its sums and latency_* its histograms by account, key and model, latency_all_* the
/// histograms over all accounts; at 1 minute, 1 hour and 1 day.
/// </para>
/// </summary>
internal static class MeasurementSchemaText
{
    public const int RetentionDays = 90;

    /// <summary>How many days late an event may be and still count everywhere; below the retention, or what was dropped would be counted as nothing.</summary>
    public const int LatenessDays = 80;

    /// <summary>Suffix, TimescaleDB's width, PostgreSQL's unit, and the suffix of what it is made from.</summary>
    private static readonly (string Suffix, string Width, string Unit, string? Below)[] s_resolutions =
        [("1m", "1 minute", "minute", null), ("1h", "1 hour", "hour", "1m"), ("1d", "1 day", "day", "1h")];

    private const string Events = """
        CREATE TABLE query_events (
            time timestamptz NOT NULL, id uuid NOT NULL, account_id uuid NOT NULL, api_key_id uuid NOT NULL, is_job boolean NOT NULL,
            outcome text NOT NULL, model text NOT NULL, route text, domain text, cached boolean NOT NULL, prompt_tokens integer NOT NULL,
            completion_tokens integer NOT NULL, cost_usd numeric(18,9) NOT NULL, duration_ms double precision NOT NULL,
            route_ms double precision, enrich_ms double precision, model_ms double precision, code_ms double precision,
            latency_bin smallint, PRIMARY KEY (time, id))
        """;

    // Where the copying from the main database has come to.
    private const string Positions = "CREATE TABLE feed_positions (source text PRIMARY KEY, xid xid8 NOT NULL, id uuid NOT NULL)";

    public static IReadOnlyList<IReadOnlyList<string>> Timescale { get; } =
    [
        [
            Positions,
            Events,
            "SELECT create_hypertable('query_events', 'time', chunk_time_interval => interval '7 days')",
            "ALTER TABLE query_events SET (timescaledb.compress, timescaledb.compress_segmentby = 'account_id', timescaledb.compress_orderby = 'time DESC, id')",
            "SELECT add_compression_policy('query_events', interval '7 days')",
            string.Create(CultureInfo.InvariantCulture, $"SELECT add_retention_policy('query_events', interval '{RetentionDays} days')"),
            .. s_resolutions.SelectMany(resolution => Aggregates(resolution.Suffix, resolution.Width, resolution.Below)),
        ],
    ];

    public static IReadOnlyList<IReadOnlyList<string>> Native { get; } =
    [
        [
            Positions,
            Events + " PARTITION BY RANGE (time)",
            .. s_resolutions.SelectMany(resolution => Tables(resolution.Suffix)),
        ],
    ];

    /// <summary>Adds what a statement's <c>fresh</c> events bring to every roll-up: PostgreSQL's own way of a continuous aggregate.</summary>
    public static string RollUps { get; } = string.Join(",\n", s_resolutions.SelectMany(resolution => Additions(resolution.Suffix, resolution.Unit)));

    private static IEnumerable<string> Aggregates(string suffix, string width, string? below)
    {
        yield return Aggregate($"usage_{suffix}", below is null
            ? $"""
                SELECT time_bucket('{width}', time) AS bucket, account_id, api_key_id, model, count(*) AS requests,
                    count(*) FILTER (WHERE outcome <> 'answered') AS errors, count(*) FILTER (WHERE cached) AS cached,
                    sum(prompt_tokens)::bigint AS prompt_tokens, sum(completion_tokens)::bigint AS completion_tokens, sum(cost_usd) AS cost_usd
                FROM query_events GROUP BY 1, 2, 3, 4
                """
            : $"""
                SELECT time_bucket('{width}', bucket) AS bucket, account_id, api_key_id, model, sum(requests)::bigint AS requests,
                    sum(errors)::bigint AS errors, sum(cached)::bigint AS cached,
                    sum(prompt_tokens)::bigint AS prompt_tokens, sum(completion_tokens)::bigint AS completion_tokens, sum(cost_usd) AS cost_usd
                FROM usage_{below} GROUP BY 1, 2, 3, 4
                """);
        yield return Aggregate($"latency_{suffix}", below is null
            ? $"SELECT time_bucket('{width}', time) AS bucket, account_id, api_key_id, model, latency_bin AS bin, count(*) AS n FROM query_events WHERE latency_bin IS NOT NULL GROUP BY 1, 2, 3, 4, 5"
            : $"SELECT time_bucket('{width}', bucket) AS bucket, account_id, api_key_id, model, bin, sum(n)::bigint AS n FROM latency_{below} GROUP BY 1, 2, 3, 4, 5");
        yield return Aggregate($"latency_all_{suffix}", below is null
            ? $"SELECT time_bucket('{width}', time) AS bucket, model, latency_bin AS bin, count(*) AS n FROM query_events WHERE latency_bin IS NOT NULL GROUP BY 1, 2, 3"
            : $"SELECT time_bucket('{width}', bucket) AS bucket, model, bin, sum(n)::bigint AS n FROM latency_all_{below} GROUP BY 1, 2, 3");

        // What is newer than the last run is counted as it is read; late events make a run count their bucket anew.
        foreach (var view in (string[])["usage", "latency", "latency_all"])
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"SELECT add_continuous_aggregate_policy('{view}_{suffix}', start_offset => interval '{LatenessDays} days', end_offset => interval '{width}', schedule_interval => interval '{(below is null ? "1 minute" : "10 minutes")}')");
        }

        static string Aggregate(string name, string select) =>
            $"CREATE MATERIALIZED VIEW {name} WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS {select} WITH NO DATA";
    }

    private static IEnumerable<string> Tables(string suffix)
    {
        yield return $"""
            CREATE TABLE usage_{suffix} (
                bucket timestamptz, account_id uuid, api_key_id uuid, model text, requests bigint NOT NULL, errors bigint NOT NULL,
                cached bigint NOT NULL, prompt_tokens bigint NOT NULL, completion_tokens bigint NOT NULL, cost_usd numeric NOT NULL,
                PRIMARY KEY (bucket, account_id, api_key_id, model))
            """;
        yield return $"CREATE INDEX ON usage_{suffix} (account_id, bucket)";
        yield return $"""
            CREATE TABLE latency_{suffix} (
                bucket timestamptz, account_id uuid, api_key_id uuid, model text, bin smallint, n bigint NOT NULL,
                PRIMARY KEY (account_id, bucket, api_key_id, model, bin))
            """;
        yield return $"CREATE TABLE latency_all_{suffix} (bucket timestamptz, model text, bin smallint, n bigint NOT NULL, PRIMARY KEY (bucket, model, bin))";
    }

    private static IEnumerable<string> Additions(string suffix, string unit)
    {
        yield return $"""
            usage_added_{suffix} AS (
                INSERT INTO usage_{suffix}
                SELECT date_trunc('{unit}', time, 'UTC'), account_id, api_key_id, model, count(*), count(*) FILTER (WHERE outcome <> 'answered'),
                    count(*) FILTER (WHERE cached), sum(prompt_tokens), sum(completion_tokens), sum(cost_usd)
                FROM fresh GROUP BY 1, 2, 3, 4
                ON CONFLICT (bucket, account_id, api_key_id, model) DO UPDATE SET
                    requests = usage_{suffix}.requests + excluded.requests, errors = usage_{suffix}.errors + excluded.errors,
                    cached = usage_{suffix}.cached + excluded.cached, prompt_tokens = usage_{suffix}.prompt_tokens + excluded.prompt_tokens,
                    completion_tokens = usage_{suffix}.completion_tokens + excluded.completion_tokens,
                    cost_usd = usage_{suffix}.cost_usd + excluded.cost_usd)
            """;
        yield return $"""
            latency_added_{suffix} AS (
                INSERT INTO latency_{suffix}
                SELECT date_trunc('{unit}', time, 'UTC'), account_id, api_key_id, model, latency_bin, count(*)
                FROM fresh WHERE latency_bin IS NOT NULL GROUP BY 1, 2, 3, 4, 5
                ON CONFLICT (account_id, bucket, api_key_id, model, bin) DO UPDATE SET n = latency_{suffix}.n + excluded.n)
            """;
        yield return $"""
            latency_all_added_{suffix} AS (
                INSERT INTO latency_all_{suffix}
                SELECT date_trunc('{unit}', time, 'UTC'), model, latency_bin, count(*)
                FROM fresh WHERE latency_bin IS NOT NULL GROUP BY 1, 2, 3
                ON CONFLICT (bucket, model, bin) DO UPDATE SET n = latency_all_{suffix}.n + excluded.n)
            """;
    }
}
