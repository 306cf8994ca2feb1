using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.ResourceService;

/// <summary>Serves the resource service by gRPC on this machine. It starts beside the resources, which don't wait for it.</summary>
internal sealed class ResourceServiceHost(
    ResourceServiceOptions options, ResourceServiceSource source, ILoggerFactory loggers, ILogger<ResourceServiceHost> logger) : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan s_drainTime = TimeSpan.FromMilliseconds(500);

    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private Task _starting = Task.CompletedTask;
    private WebApplication? _server;

    /// <summary>Where it listens, once it does.</summary>
    /// <exception cref="IOException">It can't listen, for instance because the port is taken.</exception>
    public Task<Uri> GetAddressAsync(CancellationToken cancellationToken) => _address.Task.WaitAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _starting = Task.Run(ServeAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // Streams that follow something would never end by themselves.
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _starting.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_server is not null)
        {
            // A dashboard keeps its connection; it gets a moment to see the end of its streams.
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(s_drainTime);
            await _server.StopAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync().ConfigureAwait(false);
        }

        _stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            _server = Build();
            await _server.StartAsync(_stopping.Token).ConfigureAwait(false);
            var listening = _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            var address = new UriBuilder(listening) { Host = "localhost" }.Uri;
            _address.TrySetResult(address);
            ResourceServiceLog.Listening(logger, address);
        }
        catch (Exception exception)
        {
            // The application runs without it; whoever needs it is told why it isn't there.
            _address.TrySetException(exception);
            _ = _address.Task.Exception;
            ResourceServiceLog.Failed(logger, exception.Message);
        }
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        if (options.Endpoint?.Scheme is "https")
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            if (options.Endpoint is { Port: > 0 } endpoint)
            {
                kestrel.ListenLocalhost(endpoint.Port, listen => Configure(listen, endpoint.Scheme));
            }
            else
            {
                kestrel.Listen(IPAddress.Loopback, 0, listen => Configure(listen, options.Endpoint?.Scheme ?? "http"));
            }
        });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddRouting();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(source);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(new ResourceServiceStopping(_stopping.Token));
        var server = builder.Build();
        server.Use(AuthenticateAsync);
        server.UseRouting();
        server.MapGrpcService<DashboardServiceEndpoint>();
        return server;
    }

    private static void Configure(ListenOptions listen, string scheme)
    {
        listen.Protocols = HttpProtocols.Http2;
        if (scheme is "https")
        {
            listen.UseHttps();
        }
    }

    private Task AuthenticateAsync(HttpContext context, RequestDelegate next)
    {
        if (options.ApiKey is { } key && !IsKey(context.Request.Headers[ResourceServiceOptions.ApiKeyHeader].ToString(), key))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        }

        return next(context);
    }

    private static bool IsKey(string sent, string key) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sent), Encoding.UTF8.GetBytes(key));
}

/// <summary>Cancelled when the service stops.</summary>
internal sealed record ResourceServiceStopping(CancellationToken Token);

internal static partial class ResourceServiceLog
{
    [LoggerMessage(1, LogLevel.Debug, "The resource service listens on {Address}")]
    public static partial void Listening(ILogger logger, Uri address);

    [LoggerMessage(2, LogLevel.Error, "The resource service can't be served, and the dashboard will show no resources: {Reason}")]
    public static partial void Failed(ILogger logger, string reason);
}
