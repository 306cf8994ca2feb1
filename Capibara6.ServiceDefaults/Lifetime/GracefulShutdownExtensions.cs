using Capibara6.ServiceDefaults.Lifetime;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Hosting;

/// <summary>A stop that loses no request.</summary>
public static class GracefulShutdownExtensions
{
    private static readonly TimeSpan s_drainDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_shortDelay = TimeSpan.FromSeconds(1);

    /// <summary>On SIGTERM: readiness turns unhealthy, the drain delay passes, listening ends, requests in flight finish, the process ends.</summary>
    public static TBuilder AddGracefulShutdown<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        var development = builder.Environment.IsDevelopment();
        services.AddOptions<ShutdownOptions>()
            .Configure(options => (options.DrainDelay, options.DrainEndsWhenIdle) = (development ? s_shortDelay : s_drainDelay, development))
            .BindConfiguration(ShutdownOptions.SectionName)
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ShutdownOptions>, ShutdownOptionsValidator>());
        services.AddOptions<HostOptions>()
            .Configure<IOptions<ShutdownOptions>>((host, shutdown) => host.ShutdownTimeout = shutdown.Value.Timeout);
        services.TryAddSingleton<OpenConnections>();
        services.AddOptions<KestrelServerOptions>().Configure<OpenConnections>((kestrel, open) => kestrel.ConfigureEndpointDefaults(
            endpoint => endpoint.Use(next => connection => open.CountAsync(connection, next))));
        services.TryAddSingleton<ListeningSockets>();
        services.AddOptions<SocketTransportOptions>().Configure<ListeningSockets>((transport, sockets) => transport.CreateBoundListenSocket = sockets.Bind);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, ClosingAnswers>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DrainService>());
        return builder;
    }
}
