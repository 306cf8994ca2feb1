using Capibara6.Hosting.Deployment.Servers;
using Capibara6.Hosting.Deployment;

namespace Capibara6.Hosting.Publishing.Workloads;

/// <summary>A question over HTTP; the times are in seconds.</summary>
internal sealed record HttpProbe(string Path, string PortName)
{
    /// <summary>The times that the model states; null leaves them to the publisher.</summary>
    public ProbeTimes? Times { get; init; }
}

internal sealed record ProbeTimes(int InitialDelay, int Period, int Timeout, int Failures, int Successes);

/// <summary>What the model says of asking for a workload's state. What it doesn't say is not asked.</summary>
internal sealed record WorkloadProbes
{
    public HttpProbe? Startup { get; init; }
    public HttpProbe? Readiness { get; init; }
    public HttpProbe? Liveness { get; init; }

    /// <summary>A script for the image's /bin/sh, for who asks from inside the container.</summary>
    public string? Script { get; init; }
}

/// <summary>Reads what Aspire's WithHttpHealthCheck and WithHttpProbe, and WithProbes and WithHealthCommand of Deployment say.</summary>
internal static partial class ProbeReader
{
    public static WorkloadProbes Read(IResource resource, IReadOnlyList<WorkloadPort> ports, ServerAnnotation server)
    {
        var http = ports.FirstOrDefault(static port => port.IsHttp)?.Name;
        resource.TryGetLastAnnotation<ProbesAnnotation>(out var paths);
        resource.TryGetLastAnnotation<HealthCommandAnnotation>(out var command);
        HttpProbe? Probe(ProbeType type, string? path)
        {
            var said = resource.Annotations.OfType<EndpointProbeAnnotation>().LastOrDefault(probe => probe.Type == type);
            return said is not null
                ? new HttpProbe(said.Path, said.EndpointReference.EndpointName.ToLowerInvariant()) { Times = Times(said) }
                : path is null || http is null ? null : new HttpProbe(path, http);
        }

        return new WorkloadProbes
        {
            Startup = Probe(ProbeType.Startup, paths?.Startup),
            Readiness = Probe(ProbeType.Readiness, paths?.Readiness) ?? HealthCheck(resource, ports, http),
            Liveness = Probe(ProbeType.Liveness, paths?.Liveness),
            Script = command?.Script ?? server.HealthScript,
        };
    }

    private static ProbeTimes Times(ProbeAnnotation probe) => new(
        probe.InitialDelaySeconds, probe.PeriodSeconds, probe.TimeoutSeconds, probe.FailureThreshold, probe.SuccessThreshold);

    /// <summary>
    /// Aspire keeps the path of an HTTP health check in its key, {resource}_{endpoint}_{path}_{status}_check, and nowhere else. It asks
    /// by https where a project has both, which it hasn't when deployed.
    /// </summary>
    private static HttpProbe? HealthCheck(IResource resource, IReadOnlyList<WorkloadPort> ports, string? http) => resource.Annotations
        .OfType<HealthCheckAnnotation>()
        .Select(check => HealthCheckKey().Match(check.Key))
        .Where(match => match.Success && match.Groups["resource"].ValueSpan.SequenceEqual(resource.Name))
        .Select(match => (Path: match.Groups["path"].Value, Port: ports.Any(port => Is(port, match)) ? match.Groups["endpoint"].Value.ToLowerInvariant() : http))
        .Where(static probe => probe.Port is not null)
        .Select(static probe => new HttpProbe(probe.Path, probe.Port!))
        .LastOrDefault();

    private static bool Is(WorkloadPort port, Match key) => key.Groups["endpoint"].ValueSpan.Equals(port.Name, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("^(?<resource>[^_]+)_(?<endpoint>[^_]*)_(?<path>/.*)_[0-9]+_check\\z")]
    private static partial Regex HealthCheckKey();
}
