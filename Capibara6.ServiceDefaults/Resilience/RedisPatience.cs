using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Capibara6.ServiceDefaults.Resilience;

/// <summary>
/// How long the driver waits where neither connection string nor configuration says so. Who first asks for the client waits for the first
/// attempt, and a server that is away must not hold up the start of the service: the driver goes on trying in the background.
/// </summary>
internal sealed class RedisPatience : DefaultOptionsProvider
{
    public override bool AbortOnConnectFail => false;

    public override TimeSpan? ConnectTimeout => TimeSpan.FromSeconds(2);

    public override int ConnectRetry => 1;

    /// <summary>For every client of the service, but for clouds' own servers: the driver brings defaults of its own for those.</summary>
    public static void AddTo(IServiceCollection services) =>
        services.ConfigureAll<ConfigurationOptions>(static options =>
        {
            if (options.Defaults.GetType().Assembly != typeof(DefaultOptionsProvider).Assembly)
            {
                options.Defaults = new RedisPatience();
            }
        });
}
