using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.RateLimiting;

public static class RateLimitServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IRateLimiter"/>. Uses the Redis connection when the host has one.</summary>
    public static IServiceCollection AddRateLimiting(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(RateLimiter)))
        {
            return services;
        }

        services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RateLimitOptions>, RateLimitOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<RequestLeases>();
        services.TryAddSingleton<LiveReplicas>();
        services.TryAddSingleton<LocalRateLimiter>();
        services.TryAddSingleton<RedisRateLimiter>();
        services.TryAddSingleton<RateLimiter>();
        services.TryAddSingleton<IRateLimiter>(provider => provider.GetRequiredService<RateLimiter>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RequestLeases>(provider => provider.GetRequiredService<RequestLeases>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, LiveReplicas>(provider => provider.GetRequiredService<LiveReplicas>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RateLimitWarmup>());
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            "rate-limits", provider => provider.GetRequiredService<RateLimiter>(), HealthStatus.Degraded, ["detail"]));
        return services;
    }
}
