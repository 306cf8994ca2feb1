namespace Capibara6.Api.Measurements;

/// <summary>What was asked in a stretch of time.</summary>
internal sealed record MeasurementResponse
{
    /// <summary>The first moment that counts, in UTC: the beginning of a bucket.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The first moment that doesn't count any more, in UTC.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>The width of the series' buckets: <c>minute</c>, <c>hour</c> or <c>day</c>.</summary>
    public required string Bucket { get; init; }

    /// <summary>The whole stretch.</summary>
    public required MeasurementView Summary { get; init; }

    /// <summary>Its buckets, oldest first; those without a request are left out.</summary>
    public required IReadOnlyList<MeasurementPointView> Series { get; init; }

    /// <summary>The whole stretch by what <c>group_by</c> names, the most requests first, at most 100; empty without it.</summary>
    public required IReadOnlyList<MeasurementGroupView> Groups { get; init; }
}

/// <summary>A bucket.</summary>
/// <param name="Start">Its first moment, in UTC.</param>
/// <param name="Totals">What was asked in it.</param>
internal sealed record MeasurementPointView(DateTimeOffset Start, MeasurementView Totals);

/// <summary>A part of the whole.</summary>
/// <param name="Name">A model's id, or the id of an account or API key; empty for what has none.</param>
/// <param name="Totals">What was asked of it or by it.</param>
internal sealed record MeasurementGroupView(string Name, MeasurementView Totals);

/// <summary>Sums and percentiles.</summary>
internal sealed record MeasurementView
{
    /// <summary>Queries and jobs that ended.</summary>
    public required long Requests { get; init; }

    /// <summary>Those without an answer.</summary>
    public required long Errors { get; init; }

    /// <summary>Share of requests that were answered from the cache, from 0 to 1.</summary>
    public required double CacheHitShare { get; init; }

    /// <summary>Latency of half of the answers at most, in milliseconds, within 2 %; null when there are none.</summary>
    public required double? LatencyP50Ms { get; init; }

    /// <summary>Latency of 95 % of the answers at most.</summary>
    public required double? LatencyP95Ms { get; init; }

    /// <summary>Latency of 99 % of the answers at most.</summary>
    public required double? LatencyP99Ms { get; init; }

    /// <summary>Tokens sent to models.</summary>
    public required long PromptTokens { get; init; }

    /// <summary>Tokens that models wrote.</summary>
    public required long CompletionTokens { get; init; }

    /// <summary>The price in US dollars.</summary>
    public required decimal CostUsd { get; init; }
}
