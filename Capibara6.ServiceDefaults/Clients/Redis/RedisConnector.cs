using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Capibara6.ServiceDefaults.Clients.Redis;

internal static class RedisConnector
{
    public static IConnectionMultiplexer Connect(IServiceProvider provider, string optionsName, bool traced)
    {
        var options = provider.GetRequiredService<IOptionsMonitor<ConfigurationOptions>>().Get(optionsName);
        if (options.EndPoints.Count == 0)
        {
            var connection = provider.GetServices<RedisConnection>().Last(connection => connection.OptionsName == optionsName);
            throw ConnectionStrings.Missing(
                connection.ConnectionName, connection.Section, $"{connection.Section}:{connection.ConnectionName}");
        }

        var multiplexer = ConnectionMultiplexer.Connect(options);
        RedisConnectionLog.Follow(multiplexer, provider.GetRequiredService<ILoggerFactory>().CreateLogger("Capibara6.Redis"));
        if (traced)
        {
            multiplexer.RegisterProfiler(provider.GetRequiredService<RedisCommandTracer>().SessionOfCurrentActivity);
        }

        return multiplexer;
    }
}
