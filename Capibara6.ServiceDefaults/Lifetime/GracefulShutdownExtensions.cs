using Capibara6.ServiceDefaults.Lifetime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Hosting;

/// <summary>A stop that loses no request.</summary>
public static class GracefulShutdownExtensions
{
    private static readonly TimeSpan s_drainDelay = TimeSpan.FromSeconds(5);

    /// <summary>On SIGTERM: readiness turns unhealthy, the drain delay passes, listening ends, requests in flight finish, the process ends.</summary>
    public static TBuilder AddGracefulShutdown<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        var development = builder.Environment.IsDevelopment();
        services.AddOptions<ShutdownOptions>()
            .Configure(options => options.DrainDelay = development ? TimeSpan.Zero : s_drainDelay)
            .BindConfiguration(ShutdownOptions.SectionName)
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ShutdownOptions>, ShutdownOptionsValidator>());
        services.AddOptions<HostOptions>()
            .Configure<IOptions<ShutdownOptions>>((host, shutdown) => host.ShutdownTimeout = shutdown.Value.Timeout);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DrainService>());
        return builder;
    }
}
