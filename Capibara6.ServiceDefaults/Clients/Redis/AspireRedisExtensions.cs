using Aspire.StackExchange.Redis;
using Capibara6.ServiceDefaults.Clients.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

/// <summary>Redis (and Garnet, Valkey) through StackExchange.Redis, with health check and tracing.</summary>
public static class AspireRedisExtensions
{
    private const string Section = "Aspire:StackExchange:Redis";

    /// <summary>
    /// Registers an <see cref="IConnectionMultiplexer"/> for the connection string of that name. Later wins:
    /// <c>Aspire:StackExchange:Redis</c>, there <c>{connectionName}</c>, <c>ConnectionStrings:{connectionName}</c>,
    /// <paramref name="configureSettings"/>; then <paramref name="configureOptions"/> on the driver's options. It keeps trying
    /// to connect in the background unless the connection string says <c>abortConnect=true</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">When the client is first asked for and no connection string is configured.</exception>
    public static void AddRedisClient(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null) =>
        builder.AddRedisClientBuilder(connectionName, configureSettings, configureOptions);

    /// <summary>As <see cref="AddRedisClient"/>, and gives what was registered.</summary>
    public static AspireRedisClientBuilder AddRedisClientBuilder(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null) =>
        Add(builder, connectionName, null, configureSettings, configureOptions);

    /// <summary>As <see cref="AddRedisClient"/>, registered under the key <paramref name="name"/>, which is also the connection's name.</summary>
    public static void AddKeyedRedisClient(
        this IHostApplicationBuilder builder,
        string name,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null) =>
        builder.AddKeyedRedisClientBuilder(name, configureSettings, configureOptions);

    /// <summary>As <see cref="AddKeyedRedisClient"/>, and gives what was registered.</summary>
    public static AspireRedisClientBuilder AddKeyedRedisClientBuilder(
        this IHostApplicationBuilder builder,
        string name,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null) =>
        Add(builder, name, name, configureSettings, configureOptions);

    private static AspireRedisClientBuilder Add(
        IHostApplicationBuilder builder,
        string connectionName,
        string? key,
        Action<StackExchangeRedisSettings>? configureSettings,
        Action<ConfigurationOptions>? configureOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);
        var section = builder.Configuration.GetSection(Section);
        var settings = ReadSettings(builder.Configuration, section, connectionName);
        configureSettings?.Invoke(settings);

        var services = builder.Services;
        services.TryAddTransient<IOptionsFactory<ConfigurationOptions>, RedisOptionsFactory>();
        services.AddSingleton(new RedisConnection(key ?? Options.Options.DefaultName, connectionName, Section, settings.ConnectionString));
        services.Configure<ConfigurationOptions>(key ?? Options.Options.DefaultName, options =>
        {
            BindOptions(section, options);
            BindOptions(section.GetSection(connectionName), options);
            configureOptions?.Invoke(options);
        });
        RegisterMultiplexer(services, key, settings);
        if (!settings.DisableTracing)
        {
            AddTracing(builder);
        }

        if (!settings.DisableHealthChecks)
        {
            AddHealthCheck(builder, key);
        }

        return new AspireRedisClientBuilder(builder, settings, key);
    }

    private static StackExchangeRedisSettings ReadSettings(IConfiguration configuration, IConfigurationSection section, string connectionName)
    {
        var settings = new StackExchangeRedisSettings();
        section.Bind(settings);
        section.GetSection(connectionName).Bind(settings);
        if (configuration.GetConnectionString(connectionName) is { Length: > 0 } connectionString)
        {
            settings.ConnectionString = connectionString;
        }

        return settings;
    }

    private static void BindOptions(IConfigurationSection section, ConfigurationOptions options)
    {
        var own = section.GetSection(nameof(ConfigurationOptions));
        if (own.Exists())
        {
            own.Bind(options);
        }
    }

    private static void RegisterMultiplexer(IServiceCollection services, string? key, StackExchangeRedisSettings settings)
    {
        IConnectionMultiplexer Connect(IServiceProvider provider) =>
            RedisConnector.Connect(provider, key ?? Options.Options.DefaultName, traced: !settings.DisableTracing);

        if (key is null)
        {
            services.AddSingleton(Connect);
        }
        else
        {
            services.AddKeyedSingleton(key, (provider, _) => Connect(provider));
        }

        if (!settings.DisableAutoActivation)
        {
            if (key is null)
            {
                services.ActivateSingleton<IConnectionMultiplexer>();
            }
            else
            {
                services.ActivateKeyedSingleton<IConnectionMultiplexer>(key);
            }
        }
    }

    private static void AddTracing(IHostApplicationBuilder builder)
    {
        if (builder.Properties.TryAdd("Capibara6.Redis.Tracing", true))
        {
            builder.Services.TryAddSingleton(TimeProvider.System);
            builder.Services.AddSingleton<RedisCommandTracer>();
            builder.Services.AddHostedService(provider => provider.GetRequiredService<RedisCommandTracer>());
            builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource(RedisCommandTracer.SourceName));
        }
    }

    // Degraded, not unhealthy: nothing is lost with Redis, the system slows down. Readiness must not follow it.
    private static void AddHealthCheck(IHostApplicationBuilder builder, string? key)
    {
        var name = key is null ? "StackExchange.Redis" : $"StackExchange.Redis_{key}";
        builder.TryAddHealthCheck(name, checks => checks.Add(new HealthCheckRegistration(
            name,
            provider => new RedisHealthCheck(key is null
                ? provider.GetRequiredService<IConnectionMultiplexer>()
                : provider.GetRequiredKeyedService<IConnectionMultiplexer>(key)),
            HealthStatus.Degraded,
            tags: null)));
    }
}
