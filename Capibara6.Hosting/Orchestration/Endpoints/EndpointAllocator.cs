using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration.Launchers;
using Capibara6.Hosting.Orchestration.Proxy;
using Microsoft.Extensions.Configuration;

namespace Capibara6.Hosting.Orchestration.Endpoints;

/// <summary>Gives the endpoints of a resource their public ports, and opens the proxies that listen on them.</summary>
internal sealed class EndpointAllocator(IEndpointProxyFactory proxies, FreePorts ports, IConfiguration configuration)
{
    /// <summary>Set by tests: ports that the model asks for are ignored where a proxy makes that possible.</summary>
    public const string RandomizeKey = "DcpPublisher:RandomizePorts";

    private readonly bool _randomize = configuration.GetValue(RandomizeKey, false);

    /// <summary>The setting that moves an endpoint to another public port.</summary>
    public static string PortKey(IResource resource, EndpointAnnotation endpoint) => $"Endpoints:{resource.Name}:{endpoint.Name}:Port";

    /// <param name="replicas">How many instances will stand behind the endpoints.</param>
    /// <param name="behindProxy">False for servers that listen on the public port themselves: there is one of each.</param>
    /// <exception cref="InvalidOperationException">The endpoints contradict the number of replicas or themselves.</exception>
    /// <exception cref="DistributedApplicationException">A port can't be had.</exception>
    public async Task<IReadOnlyList<ResourceEndpoint>> AllocateAsync(
        IResource resource, int replicas, bool behindProxy, CancellationToken cancellationToken)
    {
        var allocated = new List<ResourceEndpoint>();
        try
        {
            foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().ToList())
            {
                allocated.Add(await AllocateAsync(resource, endpoint, replicas, behindProxy, cancellationToken));
            }
        }
        catch
        {
            await CloseAsync(allocated);
            throw;
        }

        return allocated;
    }

    public static async Task CloseAsync(IEnumerable<ResourceEndpoint> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            if (endpoint.Proxy is not null)
            {
                await endpoint.Proxy.DisposeAsync();
            }
        }
    }

    private async Task<ResourceEndpoint> AllocateAsync(
        IResource resource, EndpointAnnotation endpoint, int replicas, bool behindProxy, CancellationToken cancellationToken)
    {
        var proxied = behindProxy && IsProxied(resource, endpoint);
        if (behindProxy)
        {
            Validate(resource, endpoint, replicas, proxied);
        }

        var wanted = WantedPort(resource, endpoint, movable: proxied || !behindProxy);
        ResourceEndpoint result;
        if (proxied)
        {
            var proxy = await proxies.StartAsync(Describe(resource, endpoint, wanted), cancellationToken);
            result = new ResourceEndpoint(endpoint, proxy.Port, proxy);
        }
        else
        {
            result = new ResourceEndpoint(endpoint, Take(resource, endpoint, wanted), Proxy: null);
        }

        EndpointAllocation.Allocate(resource, endpoint, ConnectableHost(endpoint), result.PublicPort, FromContainers(resource, endpoint, result.PublicPort));
        return result;
    }

    // Containers reach each other directly; the rest of this machine only by its bridge.
    private static (string Host, int Port)? FromContainers(IResource resource, EndpointAnnotation endpoint, int publicPort) =>
        resource is ContainerResource && !resource.HasAnnotationOfType<LocalServerAnnotation>()
            ? (ContainerSpecs.HostNameOf(resource), endpoint.TargetPort ?? publicPort)
            : null;

    private int? WantedPort(IResource resource, EndpointAnnotation endpoint, bool movable)
    {
        var key = PortKey(resource, endpoint);
        if (configuration[key] is { Length: > 0 } moved)
        {
            return int.TryParse(moved, out var port) && port is >= 0 and <= 65535
                ? (port == 0 ? null : port)
                : throw new DistributedApplicationException($"The setting {key} is '{moved}', but a port is a number from 0 (any) to 65535.");
        }

        return movable && _randomize ? null : endpoint.Port;
    }

    private int Take(IResource resource, EndpointAnnotation endpoint, int? wanted)
    {
        if (wanted is not { } port)
        {
            return ports.Take();
        }

        if (!FreePorts.IsFree(port))
        {
            throw new DistributedApplicationException(
                $"Port {port}, the '{endpoint.Name}' endpoint of '{resource.Name}', is already in use. Free it, or move the endpoint with {Setting(resource, endpoint)}.");
        }

        ports.Reserve(port);
        return port;
    }

    private static bool IsProxied(IResource resource, EndpointAnnotation endpoint) =>
        endpoint.IsProxied && (!resource.TryGetLastAnnotation<ProxySupportAnnotation>(out var support) || support.ProxyEnabled);

    private static void Validate(IResource resource, EndpointAnnotation endpoint, int replicas, bool proxied)
    {
        if (replicas > 1 && !proxied)
        {
            throw new DistributedApplicationException(
                $"Resource '{resource.Name}' uses multiple replicas and a proxy-less endpoint '{endpoint.Name}'. These features do not work together.");
        }

        var (port, targetPort) = endpoint.GivenPorts;
        if (replicas > 1 && targetPort is not null)
        {
            throw new DistributedApplicationException(
                $"Resource '{resource.Name}' can have multiple replicas, and it uses endpoint '{endpoint.Name}' that has TargetPort property set. Each replica must have a unique port; setting TargetPort is not allowed.");
        }

        if (proxied && port is not null && port == targetPort)
        {
            throw new DistributedApplicationException(
                $"The endpoint '{endpoint.Name}' for resource '{resource.Name}' requested a proxy ({nameof(endpoint.IsProxied)} is true). Non-container resources cannot be proxied when both TargetPort and Port are specified with the same value.");
        }
    }

    private static EndpointProxySpec Describe(IResource resource, EndpointAnnotation endpoint, int? port) => new()
    {
        ResourceName = resource.Name,
        EndpointName = endpoint.Name,
        // TLS ends in the instance, which has the certificate: the proxy carries it unopened.
        Protocol = endpoint switch
        {
            { TlsEnabled: true } => ProxyProtocol.Tcp,
            { Transport: "http2" } => ProxyProtocol.Http2,
            { Transport: "http" } => ProxyProtocol.Http1,
            _ => ProxyProtocol.Tcp,
        },
        Host = endpoint.TargetHost,
        Port = port,
        PortSetting = Setting(resource, endpoint),
    };

    private static string Setting(IResource resource, EndpointAnnotation endpoint) => $"--{PortKey(resource, endpoint)}=<port>";

    private static string ConnectableHost(EndpointAnnotation endpoint) =>
        endpoint.TargetHost is "0.0.0.0" or "::" or "[::]" or "*" or "+" ? KnownHostNames.Localhost : endpoint.TargetHost;
}
