using System.Net.Http.Headers;
using Polly;

namespace Capibara6.Core.ModelClients;

/// <summary>
/// One place that serves a model: an endpoint, the name there, a circuit breaker of its own, and what is known of its health.
/// </summary>
internal sealed class Deployment(string modelId, string name, ModelEndpoint endpoint, UpstreamModel upstream, ResiliencePipeline breaker)
{
    private readonly string _base = endpoint.Address.GetLeftPart(UriPartial.Path).TrimEnd('/');
    private readonly string _query = endpoint.Address.Query;
    private long _coolUntil = long.MinValue;
    private volatile DeploymentTrouble? _trouble;

    public string ModelId { get; } = modelId;

    /// <summary>As the log and detailed health name it: the model's id, and its own where the model has several.</summary>
    public string Name { get; } = name;

    public UpstreamModel Upstream { get; } = upstream;

    public ModelEndpoint Endpoint { get; } = endpoint;

    public ResiliencePipeline Breaker { get; } = breaker;

    /// <summary>Lower ones are asked first.</summary>
    public int Priority { get; init; }

    /// <summary>Share of the requests among those of the same priority.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>What was wrong the last time; null since it last answered.</summary>
    public DeploymentTrouble? Trouble => _trouble;

    public Uri AddressOf(string path) => new($"{_base}/{path}{_query}");

    public void Authorize(HttpRequestHeaders headers)
    {
        if (Endpoint.Key is not { } key)
        {
            return;
        }

        // Azure takes keys in a header of its own; what it gets as a bearer it holds for a token of its directory.
        if (Endpoint.IsAzure)
        {
            headers.TryAddWithoutValidation("api-key", key);
        }
        else
        {
            headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        }
    }

    /// <summary>Whether it is left alone for a while: its circuit is open, or it asked to be.</summary>
    public bool IsCool(long now) => now < Volatile.Read(ref _coolUntil);

    public void CoolUntil(long timestamp) => Volatile.Write(ref _coolUntil, timestamp);

    public void ReportAnswer() => _trouble = null;

    public void ReportFault(ModelFault fault, string message, DateTimeOffset at) => _trouble = new DeploymentTrouble(fault, message, at);
}

/// <summary>What was wrong with a deployment.</summary>
/// <param name="Message">Names kinds and statuses only.</param>
internal sealed record DeploymentTrouble(ModelFault Fault, string Message, DateTimeOffset At);
