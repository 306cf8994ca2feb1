using System.Collections.Concurrent;
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

    // Bound: the deployments that were ever configured.
    private static readonly ConcurrentDictionary<string, Breaker> s_breakers = new(StringComparer.Ordinal);

    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>(
        "gen_ai.client.operation.duration", unit: "s", description: "From a call to its answer, or to the first piece of a streamed one.");

    // Observed, so that a breaker is there at 0 before it first opens: a rate over a series that begins at 1 is 0.
    static ModelTelemetry()
    {
        s_meter.CreateObservableCounter(
            "capibara6.model.breaker.changes",
            () => s_breakers.SelectMany(breaker => new[] { breaker.Value.Count("open", breaker.Key), breaker.Value.Count("closed", breaker.Key) }),
            unit: "{change}", description: "Changes of a deployment's circuit breaker, by new state.");
        s_meter.CreateObservableGauge(
            "capibara6.model.breaker.open",
            () => s_breakers.Select(breaker => new Measurement<int>(breaker.Value.IsOpen ? 1 : 0, new KeyValuePair<string, object?>("model", breaker.Key))),
            description: "1 while a deployment's circuit breaker keeps calls away from it, else 0.");
    }

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

    /// <summary>A deployment has a breaker, closed to begin with.</summary>
    public static void HasBreaker(string model) => s_breakers.TryAdd(model, new Breaker());

    public static void BreakerOpened(string model) => s_breakers.GetOrAdd(model, static _ => new Breaker()).Open();

    public static void BreakerClosed(string model) => s_breakers.GetOrAdd(model, static _ => new Breaker()).Close();

    private static string OperationOf(string path) => path switch
    {
        ModelRequest.ChatPath => "chat",
        "embeddings" => "embeddings",
        "completions" => "text_completion",
        _ => path,
    };

    private sealed class Breaker
    {
        private long _opened;
        private long _closed;

        public bool IsOpen => Volatile.Read(ref _opened) > Volatile.Read(ref _closed);

        public void Open() => Interlocked.Increment(ref _opened);

        public void Close() => Interlocked.Increment(ref _closed);

        public Measurement<long> Count(string state, string model) => new(
            state == "open" ? Volatile.Read(ref _opened) : Volatile.Read(ref _closed),
            new KeyValuePair<string, object?>("model", model), new KeyValuePair<string, object?>("state", state));
    }
}
