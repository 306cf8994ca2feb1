using Capibara6.Hosting.Orchestration.Proxy;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Capibara6.Tests.Hosting.Orchestration.Proxy;

/// <summary>A proxy on a free port, with a client that asks it.</summary>
internal sealed class ProxyBench : IAsyncDisposable
{
    private static readonly FreePorts s_ports = new();

    private ProxyBench(IEndpointProxy proxy)
    {
        Proxy = proxy;
        Address = new Uri($"http://localhost:{proxy.Port}");
        Client = new HttpClient { BaseAddress = Address };
    }

    public IEndpointProxy Proxy { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public static IEndpointProxyFactory Factory(TimeSpan? patience = null) => new EndpointProxyFactory(
        s_ports,
        Options.Create(new EndpointProxyOptions
        {
            Patience = patience ?? TimeSpan.FromSeconds(10),
            CloseLimit = TimeSpan.Zero,
        }),
        TimeProvider.System,
        NullLoggerFactory.Instance);

    public static EndpointProxySpec Spec(ProxyProtocol protocol = ProxyProtocol.Http1, int? port = null) => new()
    {
        ResourceName = "api",
        EndpointName = "http",
        Protocol = protocol,
        Port = port,
        PortSetting = "Endpoints:api:http:Port",
    };

    public static async Task<ProxyBench> StartAsync(
        CancellationToken cancellationToken, ProxyProtocol protocol = ProxyProtocol.Http1, TimeSpan? patience = null) =>
        new(await Factory(patience).StartAsync(Spec(protocol), cancellationToken));

    public ProxyTarget Add(string id, int port, ProxyTargetState state = ProxyTargetState.Ready)
    {
        var target = Proxy.Targets.Add(id, "localhost", port);
        Proxy.Targets.Report(target, state);
        return target;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Proxy.DisposeAsync();
    }
}
