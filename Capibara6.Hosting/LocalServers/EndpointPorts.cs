using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Capibara6.Hosting.LocalServers;

/// <summary>The ports that the model fixes: moved by settings, and free before anything starts.</summary>
internal static class EndpointPorts
{
    // Those that Aspire gives to endpoints without a proxy: below the ones that systems give to outgoing connections.
    private const int FirstAny = 10_000;
    private const int LastAny = 32_767;
    private static readonly string[] s_dashboard =
        ["ASPNETCORE_URLS", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"];

    /// <summary>Whether fixed ports count for nothing, as in tests.</summary>
    public static bool AreRandom(IConfiguration configuration) => configuration.GetValue<bool>("DcpPublisher:RandomizePorts");

    /// <exception cref="DistributedApplicationException">A port is taken.</exception>
    public static void MoveAndCheck(IEnumerable<IResource> resources, IConfiguration configuration, IServiceProvider services)
    {
        foreach (var (resource, endpoint) in resources.SelectMany(resource => resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => (resource, endpoint))))
        {
            var setting = $"Endpoints:{resource.Name}:{endpoint.Name}:Port";
            if (configuration.GetValue<int?>(setting) is { } moved)
            {
                endpoint.Port = moved == 0 ? null : moved;
            }

            if (endpoint.Port is { } port && !AreRandom(configuration) && !IsFree(port))
            {
                throw new DistributedApplicationException(
                    $"Port {port}, the '{endpoint.Name}' endpoint of '{resource.Name}', is already in use. Free it, or move the endpoint with --{setting}=<port>.");
            }
        }

        if (services.GetService<DistributedApplicationOptions>() is { DisableDashboard: false })
        {
            EnsureFreeForDashboard(configuration);
        }
    }

    /// <summary>A free port on 127.0.0.1.</summary>
    public static int Any()
    {
        int port;
        do
        {
            port = RandomNumberGenerator.GetInt32(FirstAny, LastAny + 1);
        }
        while (!IsFree(port));
        return port;
    }

    private static void EnsureFreeForDashboard(IConfiguration configuration)
    {
        foreach (var setting in s_dashboard)
        {
            foreach (var url in (configuration[setting] ?? string.Empty).Split(';', StringSplitOptions.RemoveEmptyEntries))
            {
                if (Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Port > 0 && !IsFree(uri.Port))
                {
                    throw new DistributedApplicationException(
                        $"Port {uri.Port}, which the dashboard needs, is already in use. Free it, or move the dashboard with the environment variable {setting}, which is {configuration[setting]}.");
                }
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
