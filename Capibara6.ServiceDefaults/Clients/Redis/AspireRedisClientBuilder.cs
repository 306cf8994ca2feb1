using Microsoft.Extensions.Hosting;

namespace Aspire.StackExchange.Redis;

/// <summary>A registered Redis client, for integrations that build on it.</summary>
public sealed class AspireRedisClientBuilder
{
    internal AspireRedisClientBuilder(IHostApplicationBuilder hostBuilder, StackExchangeRedisSettings settings, string? serviceKey)
    {
        HostBuilder = hostBuilder;
        Settings = settings;
        ServiceKey = serviceKey;
    }

    public IHostApplicationBuilder HostBuilder { get; }

    public StackExchangeRedisSettings Settings { get; }

    /// <summary>The key of the client; null for the unkeyed one.</summary>
    public string? ServiceKey { get; }
}
