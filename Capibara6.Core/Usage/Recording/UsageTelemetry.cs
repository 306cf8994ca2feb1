using System.Diagnostics.Metrics;

namespace Capibara6.Core.Usage;

/// <summary>Measurements of the records' way. Observed, so that they are there at 0 before the first loss.</summary>
internal static class UsageTelemetry
{
    public static readonly Meter Meter = new("Capibara6.Usage");

    private static long s_lost;
    private static long s_written;

    static UsageTelemetry()
    {
        Meter.CreateObservableCounter(
            "capibara6.usage.lost", static () => Volatile.Read(ref s_lost), unit: "{record}", description: "Usage records that could not be written down.");
        Meter.CreateObservableCounter(
            "capibara6.usage.written", static () => Volatile.Read(ref s_written), unit: "{record}", description: "Usage records of queries that reached the database.");
    }

    public static void Lost(int records) => Interlocked.Add(ref s_lost, records);

    public static void Written(int records) => Interlocked.Add(ref s_written, records);
}
