using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Capibara6.Core.Jobs;

/// <summary>Spans and measurements of jobs.</summary>
internal static class JobTelemetry
{
    public static readonly ActivitySource Source = new("Capibara6.Jobs");

    public static readonly Meter Meter = new("Capibara6.Jobs");

    /// <summary>Where the work that goes on here is found among the traces, as W3C's <c>traceparent</c>; null when it isn't recorded.</summary>
    public static string? TraceParent() =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C, Recorded: true } activity ? activity.Id : null;
}
