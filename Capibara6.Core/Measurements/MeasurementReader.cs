using System.Text;
using Npgsql;

namespace Capibara6.Core.Measurements;

/// <summary>Reads one report from the aggregates of its bucket's width.</summary>
internal sealed class MeasurementReader(NpgsqlDataSource dataSource, MeasurementRequest request)
{
    private const string Sums =
        "sum(requests)::bigint, sum(errors)::bigint, sum(cached)::bigint, sum(prompt_tokens)::bigint, sum(completion_tokens)::bigint, sum(cost_usd)";

    private readonly string _suffix = request.Bucket switch
    {
        MeasurementBucket.Minute => "1m",
        MeasurementBucket.Hour => "1h",
        _ => "1d",
    };

    private string? GroupColumn => request.GroupBy switch
    {
        MeasurementGrouping.Model => "model",
        MeasurementGrouping.Account => "account_id",
        MeasurementGrouping.ApiKey => "api_key_id",
        _ => null,
    };

    public async Task<MeasurementReport> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var series = await ReadAsync<DateTimeOffset>(connection, "bucket", forAll: true, cancellationToken);
        var whole = await ReadPercentilesAsync<int>(connection, "0", forAll: true, cancellationToken);
        var groups = GroupColumn switch
        {
            null => [],
            "model" => await ReadAsync<string>(connection, "model", forAll: true, cancellationToken),
            var column => await ReadAsync<string>(connection, $"{column}::text", forAll: false, cancellationToken),
        };
        var summary = series.Values.Aggregate(MeasurementTotals.None, Add);
        return new MeasurementReport(
            request.From,
            request.To,
            whole.TryGetValue(0, out var percentiles) ? With(summary, percentiles) : summary,
            [.. series.OrderBy(entry => entry.Key).Select(entry => new MeasurementPoint(entry.Key, entry.Value))],
            [
                .. groups.OrderByDescending(entry => entry.Value.Requests).ThenBy(entry => entry.Key, StringComparer.Ordinal)
                    .Take(MeasurementLimits.MaxGroups).Select(entry => new MeasurementGroup(NameOf(entry.Key), entry.Value)),
            ]);
    }

    private static string NameOf(string key) => Guid.TryParse(key, out var id) && id == Guid.Empty ? "" : key;

    private async Task<Dictionary<TKey, MeasurementTotals>> ReadAsync<TKey>(
        NpgsqlConnection connection, string key, bool forAll, CancellationToken cancellationToken)
        where TKey : notnull
    {
        var totals = new Dictionary<TKey, MeasurementTotals>();
        await using (var command = Command(connection, where => $"SELECT {key}, {Sums} FROM usage_{_suffix} {where} GROUP BY 1"))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                totals[reader.GetFieldValue<TKey>(0)] = new MeasurementTotals
                {
                    Requests = reader.GetInt64(1),
                    Errors = reader.GetInt64(2),
                    Cached = reader.GetInt64(3),
                    PromptTokens = reader.GetInt64(4),
                    CompletionTokens = reader.GetInt64(5),
                    CostUsd = reader.GetDecimal(6),
                };
            }
        }

        foreach (var (name, percentiles) in await ReadPercentilesAsync<TKey>(connection, key, forAll, cancellationToken))
        {
            totals[name] = With(totals.GetValueOrDefault(name, MeasurementTotals.None), percentiles);
        }

        return totals;
    }

    /// <param name="forAll">Whether the histograms over all accounts will do, when no account and no key is asked for.</param>
    private async Task<Dictionary<TKey, (int P50, int P95, int P99)>> ReadPercentilesAsync<TKey>(
        NpgsqlConnection connection, string key, bool forAll, CancellationToken cancellationToken)
        where TKey : notnull
    {
        var table = forAll && request.AccountId is null && request.ApiKeyId is null ? "latency_all" : "latency";
        await using var command = Command(connection, where => $"""
            SELECT key, min(bin) FILTER (WHERE upto >= 0.50 * total), min(bin) FILTER (WHERE upto >= 0.95 * total), min(bin) FILTER (WHERE upto >= 0.99 * total)
            FROM (
                SELECT key, bin, sum(n) OVER (PARTITION BY key ORDER BY bin) AS upto, sum(n) OVER (PARTITION BY key) AS total
                FROM (SELECT {key} AS key, bin, sum(n)::bigint AS n FROM {table}_{_suffix} {where} GROUP BY 1, 2) AS bins) AS ranked
            GROUP BY key
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var percentiles = new Dictionary<TKey, (int, int, int)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            percentiles[reader.GetFieldValue<TKey>(0)] = (reader.GetInt16(1), reader.GetInt16(2), reader.GetInt16(3));
        }

        return percentiles;
    }

    private NpgsqlCommand Command(NpgsqlConnection connection, Func<string, string> sql)
    {
        var command = new NpgsqlCommand { Connection = connection };
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = request.From });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = request.To });
        var where = new StringBuilder("WHERE bucket >= $1 AND bucket < $2");
        if (request.Model is { } model)
        {
            Add("model", new NpgsqlParameter<string> { TypedValue = model });
        }

        if (request.AccountId is { } account)
        {
            Add("account_id", new NpgsqlParameter<Guid> { TypedValue = account });
        }

        if (request.ApiKeyId is { } apiKey)
        {
            Add("api_key_id", new NpgsqlParameter<Guid> { TypedValue = apiKey });
        }

        command.CommandText = sql(where.ToString());
        return command;

        void Add(string column, NpgsqlParameter value)
        {
            command.Parameters.Add(value);
            where.Append(System.Globalization.CultureInfo.InvariantCulture, $" AND {column} = ${command.Parameters.Count}");
        }
    }

    private static MeasurementTotals Add(MeasurementTotals sum, MeasurementTotals part) => new()
    {
        Requests = sum.Requests + part.Requests,
        Errors = sum.Errors + part.Errors,
        Cached = sum.Cached + part.Cached,
        PromptTokens = sum.PromptTokens + part.PromptTokens,
        CompletionTokens = sum.CompletionTokens + part.CompletionTokens,
        CostUsd = sum.CostUsd + part.CostUsd,
    };

    private static MeasurementTotals With(MeasurementTotals totals, (int P50, int P95, int P99) bins) => totals with
    {
        P50Ms = Math.Round(LatencyBins.Middle(bins.P50), 3),
        P95Ms = Math.Round(LatencyBins.Middle(bins.P95), 3),
        P99Ms = Math.Round(LatencyBins.Middle(bins.P99), 3),
    };
}
