using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.Publishing.Manifest;

/// <summary>An endpoint with the ports that it has when deployed.</summary>
/// <param name="Port">The port to expose; null to take the target port, or what the tool takes for the scheme.</param>
/// <param name="TargetPort">The port to listen on; null to let the tool choose.</param>
internal sealed record ManifestBinding(EndpointAnnotation Endpoint, int? Port, int? TargetPort)
{
    public static IReadOnlyList<ManifestBinding> Resolve(IResource resource, PortAllocator ports)
    {
        var bindings = new List<ManifestBinding>();
        var schemes = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            // A project gets the port of its first endpoint of each web scheme from whoever deploys it.
            var isDefault = resource is ProjectResource && (endpoint.UriScheme is "http" or "https") && schemes.Add(endpoint.UriScheme);
            var targetPort = endpoint.TargetPort;
            if (targetPort is null && !isDefault)
            {
                targetPort = resource is ContainerResource ? endpoint.Port ?? ports.Allocate() : ports.Allocate();
            }

            var port = endpoint.Port == targetPort ? null : endpoint.Port;
            if (port is null && targetPort is null && endpoint.UriScheme is not ("http" or "https"))
            {
                port = ports.Allocate();
            }

            ports.Reserve(port);
            ports.Reserve(targetPort);
            bindings.Add(new ManifestBinding(endpoint, port, targetPort));
        }

        return bindings;
    }
}

/// <summary>Gives out ports from 8000 on.</summary>
internal sealed class PortAllocator
{
    private readonly HashSet<int> _used = [];
    private int _next = 8000;

    public int Allocate()
    {
        while (!_used.Add(_next))
        {
            _next++;
        }

        return _next++;
    }

    public void Reserve(int? port)
    {
        if (port is { } reserved)
        {
            _used.Add(reserved);
        }
    }
}
