using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Capibara6.Core.ModelClients;

/// <summary>What can be seen of calls to models, besides the gen_ai conventions' own spans and metrics.</summary>
internal static class ModelTelemetry
{
    public const string SourceName = "Capibara6.ModelClients";

    private static readonly Meter s_meter = new(SourceName);

    private static readonly Counter<long> s_faults = s_meter.CreateCounter<long>(
        "capibara6.model.faults", unit: "{attempt}", description: "Failed attempts at a model, by kind.");

    private static readonly Counter<long> s_retries = s_meter.CreateCounter<long>(
        "capibara6.model.retries", unit: "{attempt}", description: "Attempts that were repeated.");

    private static readonly Counter<long> s_breakerChanges = s_meter.CreateCounter<long>(
        "capibara6.model.breaker.changes", unit: "{change}", description: "Changes of a model's circuit breaker, by new state.");

    public static void Fault(string model, ModelFault fault) => s_faults.Add(1, new TagList
    {
        { "model", model }, { "fault", fault.ToString() },
    });

    public static void Retry(string model) => s_retries.Add(1, new KeyValuePair<string, object?>("model", model));

    public static void BreakerChanged(string model, string state) => s_breakerChanges.Add(1, new TagList
    {
        { "model", model }, { "state", state },
    });
}
