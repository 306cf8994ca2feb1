using Capibara6.ServiceDefaults.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Hosting;

/// <summary>The health checks that every service has.</summary>
public static class DefaultHealthChecksExtensions
{
    /// <summary>
    /// Adds <c>self</c> (liveness: the process answers) and <c>shutdown</c> (readiness: no new work once it is asked to stop),
    /// and bounds every check of the service in time.
    /// </summary>
    public static TBuilder AddDefaultHealthChecks<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<HealthOptions>().BindConfiguration(HealthOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HealthOptions>, HealthOptionsValidator>());
        services.TryAddEnumerable(
        [
            // In this order: the bounds heed the timeouts that checks ask for.
            ServiceDescriptor.Singleton<IPostConfigureOptions<HealthCheckServiceOptions>, OptionalHealthChecks>(),
            ServiceDescriptor.Singleton<IPostConfigureOptions<HealthCheckServiceOptions>, BoundHealthChecks>(),
        ]);
        services.TryAddSingleton<ReadinessReporter>();
        builder.TryAddHealthCheck("self", checks => checks.AddCheck("self", () => HealthCheckResult.Healthy(), [HealthTags.Live]));
        builder.TryAddHealthCheck("shutdown", checks => checks.AddCheck<ShutdownHealthCheck>("shutdown"));
        return builder;
    }

    /// <summary>Adds a check once per builder and name, so that two integrations of one server don't collide.</summary>
    internal static void TryAddHealthCheck(this IHostApplicationBuilder builder, string name, Action<IHealthChecksBuilder> add)
    {
        if (builder.Properties.TryAdd($"Aspire.HealthChecks.{name}", true))
        {
            add(builder.Services.AddHealthChecks());
        }
    }
}
