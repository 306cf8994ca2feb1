using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Capibara6.Core.ModelClients;

/// <summary>What can be seen of calls to models, in the words of OpenTelemetry's gen_ai conventions where they have one.</summary>
internal static class ModelTelemetry
{
    public const string SourceName = "Capibara6.ModelClients";

    private static readonly ActivitySource s_source = new(SourceName);
    private static readonly Meter s_meter = new(SourceName);

    private static readonly Counter<long> s_faults = s_meter.CreateCounter<long>(
        "capibara6.model.faults", unit: "{attempt}", description: "Failed attempts at a model, by kind.");

    private static readonly Counter<long> s_retries = s_meter.CreateCounter<long>(
        "capibara6.model.retries", unit: "{attempt}", description: "Attempts that were repeated.");

    private static readonly Counter<long> s_breakerChanges = s_meter.CreateCounter<long>(
        "capibara6.model.breaker.changes", unit: "{change}", description: "Changes of a deployment's circuit breaker, by new state.");

    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>(
        "gen_ai.client.operation.duration", unit: "s", description: "From a call to its answer, or to the first piece of a streamed one.");

    /// <returns>Null when nobody listens.</returns>
    public static Activity? Start(string model, ModelRequest request)
    {
        if (!s_source.HasListeners())
        {
            return null;
        }

        var operation = OperationOf(request.Path);
        return s_source.StartActivity($"{operation} {model}", ActivityKind.Client)
            ?.SetTag("gen_ai.operation.name", operation)
            .SetTag("gen_ai.request.model", model)
            .SetTag("gen_ai.provider.name", "openai");
    }

    public static void Answered(Activity? activity, string model, ModelRequest request, TimeSpan duration)
    {
        activity?.SetTag("gen_ai.response.model", model);
        if (s_duration.Enabled)
        {
            s_duration.Record(duration.TotalSeconds, new TagList
            {
                { "gen_ai.operation.name", OperationOf(request.Path) }, { "gen_ai.request.model", model }, { "gen_ai.provider.name", "openai" },
            });
        }
    }

    public static void Failed(Activity? activity, string model, ModelFault fault, ModelRequest request, TimeSpan duration)
    {
        activity?.SetStatus(ActivityStatusCode.Error, fault.ToString());
        if (s_duration.Enabled)
        {
            s_duration.Record(duration.TotalSeconds, new TagList
            {
                { "gen_ai.operation.name", OperationOf(request.Path) }, { "gen_ai.request.model", model },
                { "gen_ai.provider.name", "openai" }, { "error.type", fault.ToString() },
            });
        }
    }

    public static void Fault(string model, ModelFault fault) => s_faults.Add(1, new TagList
    {
        { "model", model }, { "fault", fault.ToString() },
    });

    public static void Retry(string model) => s_retries.Add(1, new KeyValuePair<string, object?>("model", model));

    public static void BreakerChanged(string model, string state) => s_breakerChanges.Add(1, new TagList
    {
        { "model", model }, { "state", state },
    });

    private static string OperationOf(string path) => path switch
    {
        ModelRequest.ChatPath => "chat",
        "embeddings" => "embeddings",
        "completions" => "text_completion",
        _ => path,
    };
}
