using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Capibara6.Core.Routing;

/// <summary>What was chosen, and what the shadow policy would have chosen. Tags come from small closed sets.</summary>
internal static class RoutingTelemetry
{
    private static readonly Meter s_meter = new("Capibara6.Routing");

    private static readonly Counter<long> s_decisions = s_meter.CreateCounter<long>(
        "capibara6.routing.decisions", unit: "{query}", description: "Choices of a model, by policy (named: the caller's own) and model.");

    private static readonly Counter<long> s_shadow = s_meter.CreateCounter<long>(
        "capibara6.routing.shadow", unit: "{query}", description: "What the shadow policy would have chosen, beside what was chosen.");

    /// <param name="policy">The policy's name, or <c>named</c> when the caller chose.</param>
    public static void Chosen(string policy, string model, double needed)
    {
        s_decisions.Add(1, new("policy", policy), new("model", model));
        if (Activity.Current is { IsAllDataRequested: true } span)
        {
            span.SetTag("capibara6.routing.policy", policy);
            span.SetTag("capibara6.routing.model", model);
            span.SetTag("capibara6.routing.needed", needed);
        }
    }

    public static void ShadowChose(string policy, string model, string shadowPolicy, string shadowModel)
    {
        s_shadow.Add(1, new TagList { { "policy", policy }, { "model", model }, { "shadow_policy", shadowPolicy }, { "shadow_model", shadowModel } });
        if (Activity.Current is { IsAllDataRequested: true } span)
        {
            span.SetTag("capibara6.routing.shadow.policy", shadowPolicy);
            span.SetTag("capibara6.routing.shadow.model", shadowModel);
        }
    }
}
