using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace Capibara6.Hosting.Orchestration.Proxy;

/// <summary>Opens ports on Kestrel: HTTP goes through YARP's forwarder, all else through a tunnel.</summary>
internal sealed class EndpointProxyFactory(
    FreePorts ports, IOptions<EndpointProxyOptions> options, TimeProvider time, ILoggerFactory loggers) : IEndpointProxyFactory
{
    private const int MaxPortAttempts = 5;

    public async Task<IEndpointProxy> StartAsync(EndpointProxySpec spec, CancellationToken cancellationToken)
    {
        if (spec.Port is { } wanted)
        {
            return await ListenAsync(spec, wanted, cancellationToken);
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ListenAsync(spec, ports.Take(), cancellationToken);
            }
            catch (PortUnavailableException) when (attempt < MaxPortAttempts)
            {
                // Somebody was faster between the search for a free port and its opening.
            }
        }
    }

    private async Task<IEndpointProxy> ListenAsync(EndpointProxySpec spec, int port, CancellationToken cancellationToken)
    {
        var logger = loggers.CreateLogger<EndpointProxyFactory>();
        var targets = new ProxyTargets(time);
        var app = Build(spec, port, targets, logger);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            await app.DisposeAsync();
            throw new PortUnavailableException(Explain(spec, port, exception), exception);
        }

        EndpointProxyLog.Opened(logger, port, spec.EndpointName, spec.ResourceName);
        return new EndpointProxy(app, port, targets, options.Value.CloseLimit);
    }

    private WebApplication Build(EndpointProxySpec spec, int port, ProxyTargets targets, ILogger logger)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddLogging();
        builder.Services.AddHttpForwarder();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            LiftLimits(kestrel);
            Listen(kestrel, spec.Host, port, endpoint => Configure(endpoint, spec, targets, logger));
        });

        var app = builder.Build();
        if (spec.Protocol != ProxyProtocol.Tcp)
        {
            var forwarding = new HttpForwarding(
                spec, options.Value, targets, app.Services.GetRequiredService<IHttpForwarder>(), logger);
            app.Lifetime.ApplicationStopped.Register(forwarding.Dispose);
            app.Run(forwarding.ForwardAsync);
        }

        return app;
    }

    private void Configure(ListenOptions endpoint, EndpointProxySpec spec, ProxyTargets targets, ILogger logger)
    {
        var tunnel = new TcpTunnel(spec, options.Value, targets, logger);
        if (spec.Protocol == ProxyProtocol.Tcp)
        {
            endpoint.Run(tunnel.RunAsync);
            return;
        }

        // A client that speaks the other version of HTTP than was declared is joined to a replica as it is: perhaps
        // that one knows better. It is balanced per connection then.
        var http2 = spec.Protocol == ProxyProtocol.Http2;
        endpoint.Protocols = http2 ? HttpProtocols.Http2 : HttpProtocols.Http1;
        endpoint.Use(next => async connection =>
        {
            if (await Http2Preface.DetectAsync(connection) is { } spokenHttp2)
            {
                await (spokenHttp2 == http2 ? next(connection) : tunnel.RunAsync(connection));
            }
        });
    }

    // The limits are the service's to set; the proxy must not answer in its place.
    private static void LiftLimits(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
        limits.MaxRequestHeaderCount = 1_000;
        limits.MaxRequestHeadersTotalSize = 1 << 20;
        limits.MaxRequestLineSize = 1 << 19;
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(10);
        limits.Http2.MaxStreamsPerConnection = 1_000;
        limits.Http2.MaxRequestHeaderFieldSize = 1 << 17;
    }

    private static void Listen(KestrelServerOptions kestrel, string host, int port, Action<ListenOptions> configure)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            kestrel.Listen(address, port, configure);
        }
        else if (host is "*" or "+")
        {
            kestrel.ListenAnyIP(port, configure);
        }
        else
        {
            // Names other than localhost, such as api.localhost, are this machine's too.
            kestrel.ListenLocalhost(port, configure);
        }
    }

    private static string Explain(EndpointProxySpec spec, int port, Exception exception)
    {
        var denied = exception.GetBaseException() is SocketException { SocketErrorCode: SocketError.AccessDenied };
        var what = denied ? "may not be opened by this user" : "is already in use";
        return $"Port {port}, the '{spec.EndpointName}' endpoint of '{spec.ResourceName}', {what}. "
            + $"Free it, or move the endpoint with {spec.PortSetting}.";
    }
}
