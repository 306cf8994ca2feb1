using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Capibara6.Core.Jobs;

/// <summary>Spans and measurements of jobs.</summary>
internal static class JobTelemetry
{
    public static readonly ActivitySource Source = new("Capibara6.Jobs");

    public static readonly Meter Meter = new("Capibara6.Jobs");
}
