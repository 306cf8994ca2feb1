using System.Diagnostics.Metrics;

namespace Capibara6.Core.Redis;

/// <summary>Measurements of doing without Redis. Observed, so that they are there at 0 before the first trouble.</summary>
internal static class RedisTelemetry
{
    private static readonly Meter s_meter = new("Capibara6.Redis");

    private static long s_skipped;
    private static long s_failed;

    static RedisTelemetry() => s_meter.CreateObservableCounter(
        "capibara6.redis.degraded",
        static () => new[]
        {
            new Measurement<long>(Volatile.Read(ref s_skipped), new KeyValuePair<string, object?>("reason", "away")),
            new Measurement<long>(Volatile.Read(ref s_failed), new KeyValuePair<string, object?>("reason", "failed")),
        },
        unit: "{command}", description: "Commands that went without Redis, by reason.");

    /// <summary>Offers the measurements.</summary>
    public static void Start()
    {
        // Whoever calls runs the initialiser.
    }

    public static void Skipped() => Interlocked.Increment(ref s_skipped);

    public static void Failed() => Interlocked.Increment(ref s_failed);
}
