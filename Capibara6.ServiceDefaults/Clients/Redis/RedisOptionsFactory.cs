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
    private const int FirstAttemptMilliseconds = 2000;

    protected override ConfigurationOptions CreateInstance(string name)
    {
        var connection = connections.LastOrDefault(connection => connection.OptionsName == name);
        if (connection is null)
        {
            return base.CreateInstance(name);
        }

        var text = connection.ConnectionString ?? "";
        var options = text.Length > 0 ? ConfigurationOptions.Parse(text) : new ConfigurationOptions();
        if (!Says(text, "abortConnect"))
        {
            options.AbortOnConnectFail = false;
        }

        // Who first asks for the client waits for the first attempt. The driver goes on trying in the background, so a
        // server that is away must not hold up the start of the service.
        if (!Says(text, "connectTimeout"))
        {
            options.ConnectTimeout = FirstAttemptMilliseconds;
        }

        if (!Says(text, "connectRetry"))
        {
            options.ConnectRetry = 1;
        }

        return options;
    }

    private static bool Says(string connectionString, string option) =>
        connectionString.Contains(option, StringComparison.OrdinalIgnoreCase);
}
