using Capibara6.Core.Identity;

namespace Capibara6.Core.Measurements;

/// <summary>What was asked over time, from aggregates: an account sees its own, an administrator all.</summary>
public interface IMeasurements
{
    /// <summary>
    /// Sums up a stretch of time. <see cref="FailureCodes.InvalidRequest"/> for one that is empty or has more than
    /// <see cref="MeasurementLimits.MaxBuckets"/> buckets, <see cref="FailureCodes.MeasurementsUnavailable"/> when their database is away.
    /// </summary>
    Task<Outcome<MeasurementReport>> ReadAsync(MeasurementRequest request, Caller caller, CancellationToken cancellationToken);
}

public static class MeasurementLimits
{
    /// <summary>Buckets in a report.</summary>
    public const int MaxBuckets = 1_500;

    /// <summary>Groups in a report: those with the most requests.</summary>
    public const int MaxGroups = 100;
}

/// <summary>The width of a bucket; buckets begin at whole minutes, hours and days of UTC.</summary>
public enum MeasurementBucket
{
    Minute,
    Hour,
    Day,
}

/// <summary>By what a report is broken down.</summary>
public enum MeasurementGrouping
{
    Model,
    Account,
    ApiKey,
}

/// <param name="From">Moved back to the beginning of its bucket.</param>
/// <param name="To">The first moment that doesn't count any more; moved on to the end of its bucket.</param>
public sealed record MeasurementRequest(DateTimeOffset From, DateTimeOffset To, MeasurementBucket Bucket)
{
    /// <summary>Only what this model answered.</summary>
    public string? Model { get; init; }

    /// <summary>Only this account's; for others than an administrator it is their own anyway.</summary>
    public Guid? AccountId { get; init; }

    /// <summary>Only what came with this API key.</summary>
    public Guid? ApiKeyId { get; init; }

    /// <summary>Break the whole down by this as well.</summary>
    public MeasurementGrouping? GroupBy { get; init; }
}

/// <param name="Series">Oldest first; buckets without a request are left out.</param>
/// <param name="Groups">The most requests first; empty unless asked for.</param>
public sealed record MeasurementReport(
    DateTimeOffset From,
    DateTimeOffset To,
    MeasurementTotals Summary,
    IReadOnlyList<MeasurementPoint> Series,
    IReadOnlyList<MeasurementGroup> Groups);

public sealed record MeasurementPoint(DateTimeOffset Start, MeasurementTotals Totals);

/// <param name="Name">A model's id, or the id of an account or API key; empty for what has none.</param>
public sealed record MeasurementGroup(string Name, MeasurementTotals Totals);

/// <summary>Sums and percentiles. Percentiles are of answered requests, in milliseconds, within 2 %; null when there are none.</summary>
public sealed record MeasurementTotals
{
    public static MeasurementTotals None { get; } = new();

    public long Requests { get; init; }

    /// <summary>Requests without an answer.</summary>
    public long Errors { get; init; }

    /// <summary>Requests that were answered from the cache.</summary>
    public long Cached { get; init; }

    public long PromptTokens { get; init; }

    public long CompletionTokens { get; init; }

    public decimal CostUsd { get; init; }

    public double? P50Ms { get; init; }

    public double? P95Ms { get; init; }

    public double? P99Ms { get; init; }
}
