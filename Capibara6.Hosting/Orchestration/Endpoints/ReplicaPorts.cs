using System.Collections.Immutable;
using Capibara6.Hosting.Orchestration.Proxy;
using Capibara6.Hosting.Orchestration.Replicas;

namespace Capibara6.Hosting.Orchestration.Endpoints;

/// <summary>Gives replicas the ports that they listen on, and puts them behind the proxies.</summary>
internal sealed class ReplicaPorts(FreePorts free)
{
    /// <summary>
    /// The port to listen on, for each endpoint by name. A port of one's own is a new one at each start, so that a start
    /// after a crash doesn't meet what the crash has left on the old one.
    /// </summary>
    public ImmutableDictionary<string, int> Choose(IEnumerable<ResourceEndpoint> endpoints) => endpoints.ToImmutableDictionary(
        endpoint => endpoint.Name,
        endpoint => endpoint.Proxy is null ? endpoint.PublicPort : endpoint.Annotation.TargetPort ?? free.Take(),
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Tells the proxies where a replica is. It gets nothing before it is reported ready.</summary>
    public IReadOnlyList<ReplicaPort> Open(string instanceId, IEnumerable<ResourceEndpoint> endpoints, ImmutableDictionary<string, int> targetPorts) =>
    [
        .. endpoints.Select(endpoint => Open(instanceId, endpoint, targetPorts[endpoint.Name])).OfType<ReplicaPort>(),
    ];

    private static ReplicaPort? Open(string instanceId, ResourceEndpoint endpoint, int port) => endpoint.Proxy is { } proxy
        ? new ReplicaPort(
            endpoint.Name, proxy, proxy.Targets.Add(instanceId, ConnectableHost(endpoint.Annotation.TargetHost), port), endpoint.Annotation.Transport == "http2")
        : null;

    public static void Close(IEnumerable<ReplicaPort> ports)
    {
        foreach (var port in ports)
        {
            port.Proxy.Targets.Remove(port.Target);
        }
    }

    // What one listens on when one listens everywhere is no address to connect to.
    private static string ConnectableHost(string host) => host is "0.0.0.0" or "::" or "[::]" or "*" or "+" ? "localhost" : host;
}
