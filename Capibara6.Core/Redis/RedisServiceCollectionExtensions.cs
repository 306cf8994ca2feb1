using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Capibara6.Core.Redis;

/// <summary>The shared Redis, if the host has one.</summary>
public static class RedisServiceCollectionExtensions
{
    /// <summary>The host registers the driver itself: <c>builder.AddRedisClient("redis")</c>.</summary>
    public static IServiceCollection AddRedisLink(this IServiceCollection services)
    {
        services.AddOptions<RedisOptions>().BindConfiguration(RedisOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RedisOptions>, RedisOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new RedisLink(
            provider.GetService<IConnectionMultiplexer>(),
            provider.GetRequiredService<IOptions<RedisOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RedisLink>>()));
        return services;
    }
}
