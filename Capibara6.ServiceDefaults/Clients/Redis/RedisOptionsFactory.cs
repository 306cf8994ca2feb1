using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Capibara6.ServiceDefaults.Clients.Redis;

/// <summary>What one registration knows of its connection.</summary>
internal sealed record RedisConnection(string OptionsName, string ConnectionName, string Section, string? ConnectionString);

/// <summary>Begins the driver's options from the connection string, so that configuration and code can add to it.</summary>
internal sealed class RedisOptionsFactory(
    IEnumerable<RedisConnection> connections,
    IEnumerable<IConfigureOptions<ConfigurationOptions>> configure,
    IEnumerable<IPostConfigureOptions<ConfigurationOptions>> postConfigure,
    IEnumerable<IValidateOptions<ConfigurationOptions>> validate)
    : OptionsFactory<ConfigurationOptions>(configure, postConfigure, validate)
{
    protected override ConfigurationOptions CreateInstance(string name)
    {
        var connection = connections.LastOrDefault(connection => connection.OptionsName == name);
        if (connection is null)
        {
            return base.CreateInstance(name);
        }

        var options = connection.ConnectionString is { } text ? ConfigurationOptions.Parse(text) : new ConfigurationOptions();
        if (connection.ConnectionString?.Contains("abortConnect", StringComparison.OrdinalIgnoreCase) is not true)
        {
            options.AbortOnConnectFail = false;
        }

        return options;
    }
}
