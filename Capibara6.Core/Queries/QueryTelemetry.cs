using System.Diagnostics;
using System.Diagnostics.Metrics;
using Capibara6.Core.ModelClients;

namespace Capibara6.Core.Queries;

/// <summary>Spans and measurements of queries. Tags come from small closed sets: no text, no account.</summary>
internal static class QueryTelemetry
{
    public static readonly ActivitySource Source = new("Capibara6.Queries");

    private static readonly Meter s_meter = new("Capibara6.Queries");

    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>(
        "capibara6.query.duration", unit: "s", description: "From a query's arrival to its answer or failure.");

    private static readonly Histogram<double> s_stageDuration = s_meter.CreateHistogram<double>(
        "capibara6.query.stage.duration", unit: "s", description: "Time in one stage of a query's way.");

    private static readonly Counter<long> s_tokens = s_meter.CreateCounter<long>(
        "capibara6.query.tokens", unit: "{token}", description: "Tokens that answers took, by model and kind.");

    private static readonly Counter<double> s_cost = s_meter.CreateCounter<double>(
        "capibara6.query.cost", unit: "USD", description: "What answers cost, by model.");

    private static readonly Counter<long> s_fallbacks = s_meter.CreateCounter<long>(
        "capibara6.query.fallbacks", unit: "{query}", description: "Queries that went to the other model, by the chosen model and its fault.");

    public static void StageEnded(string stage, TimeSpan duration) =>
        s_stageDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("stage", stage));

    public static void Answered(QueryResult result, TimeSpan duration) => Answered(
        result.ModelUsed, result.Cached, new TokenUsage(result.Usage.PromptTokens, result.Usage.CompletionTokens), result.Usage.CostUsd, duration);

    public static void Answered(string modelUsed, bool cached, TokenUsage usage, decimal cost, TimeSpan duration)
    {
        if (s_duration.Enabled)
        {
            s_duration.Record(duration.TotalSeconds, new TagList
            {
                { "outcome", "answered" }, { "model", modelUsed }, { "cached", cached },
            });
        }

        if (!cached)
        {
            var model = new KeyValuePair<string, object?>("model", modelUsed);
            s_tokens.Add(usage.PromptTokens, model, new("kind", "prompt"));
            s_tokens.Add(usage.CompletionTokens, model, new("kind", "completion"));
            s_cost.Add((double)cost, model);
        }
    }

    /// <param name="outcome">A failure's code, <c>cancelled</c> or <c>error</c>.</param>
    public static void NotAnswered(string outcome, TimeSpan duration) =>
        s_duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));

    public static void FellBack(string chosenModel, ModelFault fault) => s_fallbacks.Add(1, new TagList
    {
        { "model", chosenModel }, { "fault", fault.ToString() },
    });
}
