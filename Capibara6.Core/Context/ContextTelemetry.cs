using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Capibara6.Core.Context;

/// <summary>What can be seen of learning. Tags come from small closed sets: no text, no account.</summary>
internal static class ContextTelemetry
{
    public static readonly ActivitySource Source = new("Capibara6.Context");

    private static readonly Meter s_meter = new("Capibara6.Context");

    private static readonly Counter<long> s_reflections = s_meter.CreateCounter<long>(
        "capibara6.context.reflections", unit: "{answer}", description: "Answers that a model judged, by verdict; failed: it could not.");

    private static readonly Counter<long> s_changes = s_meter.CreateCounter<long>(
        "capibara6.context.changes", unit: "{bullet}", description: "Changes of playbooks by what was learned: added, merged, retired.");

    private static readonly Counter<long> s_feedback = s_meter.CreateCounter<long>(
        "capibara6.context.feedback", unit: "{answer}", description: "What callers said of answers: helpful or harmful.");

    public static void Reflected(string verdict) => s_reflections.Add(1, new KeyValuePair<string, object?>("verdict", verdict));

    public static void Changed(string kind) => s_changes.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public static void FeedbackGiven(bool wasHelpful) => s_feedback.Add(1, new KeyValuePair<string, object?>("rating", wasHelpful ? "helpful" : "harmful"));
}
