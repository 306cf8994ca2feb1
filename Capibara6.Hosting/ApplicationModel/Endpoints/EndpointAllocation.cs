using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>Tells the model which address an endpoint got. Values that wait for the address go on.</summary>
internal static class EndpointAllocation
{
    /// <summary>Sets the public address for processes, and the one that containers have to use.</summary>
    /// <param name="host">Host name or IP address on this machine.</param>
    /// <param name="port">Public port, 1 to 65535.</param>
    /// <param name="fromContainers">
    /// Address in the network of the containers; null for the same port on the host as containers see it.
    /// </param>
    public static void Allocate(IResource resource, EndpointAnnotation endpoint, string host, int port, (string Host, int Port)? fromContainers = null)
    {
        var targetPort = endpoint.TargetPort?.ToString(CultureInfo.InvariantCulture) ?? TargetPortPlaceholder(resource, endpoint);
        endpoint.AllAllocatedEndpoints.AddOrUpdateAllocatedEndpoint(
            KnownNetworkIdentifiers.LocalhostNetwork,
            new AllocatedEndpoint(endpoint, host, port, EndpointBindingMode.SingleAddress, targetPort, KnownNetworkIdentifiers.LocalhostNetwork));
        var inContainers = fromContainers ?? (KnownHostNames.DockerDesktopHostBridge, port);
        endpoint.AllAllocatedEndpoints.AddOrUpdateAllocatedEndpoint(
            KnownNetworkIdentifiers.DefaultAspireContainerNetwork,
            new AllocatedEndpoint(endpoint, inContainers.Host, inContainers.Port, EndpointBindingMode.SingleAddress, targetPort, KnownNetworkIdentifiers.DefaultAspireContainerNetwork));
    }

    /// <summary>Stands for the port of an instance until the instance has one; see <see cref="InstanceConfiguration"/>.</summary>
    public static string TargetPortPlaceholder(IResource resource, EndpointAnnotation endpoint) => $"{{{{targetPort:{resource.Name}/{endpoint.Name}}}}}";
}

/// <summary>The network that a resource lives in.</summary>
internal static class CallerNetworks
{
    public static NetworkIdentifier Of(IResource? caller) =>
        caller is not null && caller.IsContainer() && !caller.HasAnnotationOfType<LocalServerAnnotation>()
            ? KnownNetworkIdentifiers.DefaultAspireContainerNetwork
            : KnownNetworkIdentifiers.LocalhostNetwork;
}

/// <summary>Marks a container resource that runs as a process on this machine: it sees addresses as processes do.</summary>
internal sealed class LocalServerAnnotation : IResourceAnnotation;
