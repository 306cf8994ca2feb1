using Capibara6.ServiceDefaults.Health;
using Capibara6.ServiceDefaults.Resilience;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every service of the system has in common: telemetry, health, service discovery, resilience, graceful shutdown.</summary>
public static class ServiceDefaultsExtensions
{
    private const string AddedKey = "Capibara6.ServiceDefaults";

    /// <summary>Adds all defaults. Calling it twice is harmless.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!builder.Properties.TryAdd(AddedKey, true))
        {
            return builder;
        }

        HealthProbe.ExitIfAsked(Environment.GetCommandLineArgs());
        builder.AddSecretFiles();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.ConfigureOpenTelemetry();
        builder.AddDefaultHealthChecks();
        builder.AddGracefulShutdown();
        builder.AddManagementPort();
        builder.AddHttpClientDefaults();
        RedisPatience.AddTo(builder.Services);
        return builder;
    }
}
