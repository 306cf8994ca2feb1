using System.Diagnostics.Metrics;

namespace Capibara6.Core.Redis;

internal static class RedisTelemetry
{
    private static readonly Meter s_meter = new("Capibara6.Redis");

    private static readonly Counter<long> s_degraded = s_meter.CreateCounter<long>(
        "capibara6.redis.degraded", unit: "{command}", description: "Commands that went without Redis, by reason.");

    public static void Skipped() => s_degraded.Add(1, new KeyValuePair<string, object?>("reason", "away"));

    public static void Failed() => s_degraded.Add(1, new KeyValuePair<string, object?>("reason", "failed"));
}
