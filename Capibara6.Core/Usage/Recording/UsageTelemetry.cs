using System.Diagnostics.Metrics;

namespace Capibara6.Core.Usage;

/// <summary>Measurements of the records' way.</summary>
internal static class UsageTelemetry
{
    public static readonly Meter Meter = new("Capibara6.Usage");

    private static readonly Counter<long> s_lost = Meter.CreateCounter<long>(
        "capibara6.usage.lost", unit: "{record}", description: "Usage records that could not be written down.");

    private static readonly Counter<long> s_written = Meter.CreateCounter<long>(
        "capibara6.usage.written", unit: "{record}", description: "Usage records of queries that reached the database.");

    public static void Lost(int records) => s_lost.Add(records);

    public static void Written(int records) => s_written.Add(records);
}
