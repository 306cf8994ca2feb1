using Aspire.Npgsql;
using Capibara6.ServiceDefaults.Clients;
using Capibara6.ServiceDefaults.Clients.Npgsql;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Microsoft.Extensions.Hosting;

/// <summary>PostgreSQL through <see cref="NpgsqlDataSource"/>, with health check, tracing and metrics.</summary>
public static class AspirePostgreSqlNpgsqlExtensions
{
    private const string Section = "Aspire:Npgsql";

    /// <summary>
    /// Registers a <see cref="NpgsqlDataSource"/> (and <see cref="NpgsqlConnection"/>) for the connection string of that name.
    /// Later wins: <c>Aspire:Npgsql</c>, <c>Aspire:Npgsql:{connectionName}</c>, <c>ConnectionStrings:{connectionName}</c>,
    /// <paramref name="configureSettings"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">When the data source is first asked for and no connection string is configured.</exception>
    public static void AddNpgsqlDataSource(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<NpgsqlSettings>? configureSettings = null,
        Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null) =>
        Add(builder, connectionName, null, configureSettings, configureDataSourceBuilder);

    /// <summary>As <see cref="AddNpgsqlDataSource"/>, registered under the key <paramref name="name"/>, which is also the connection's name.</summary>
    /// <exception cref="InvalidOperationException">When the data source is first asked for and no connection string is configured.</exception>
    public static void AddKeyedNpgsqlDataSource(
        this IHostApplicationBuilder builder,
        string name,
        Action<NpgsqlSettings>? configureSettings = null,
        Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null) =>
        Add(builder, name, name, configureSettings, configureDataSourceBuilder);

    private static void Add(
        IHostApplicationBuilder builder,
        string connectionName,
        string? key,
        Action<NpgsqlSettings>? configureSettings,
        Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);
        var settings = ReadSettings(builder.Configuration, connectionName);
        configureSettings?.Invoke(settings);

        builder.Services.AddNpgsqlDataSource(
            settings.ConnectionString ?? "",
            source =>
            {
                if (string.IsNullOrWhiteSpace(settings.ConnectionString))
                {
                    throw ConnectionStrings.Missing(connectionName, Section, $"{Section}:{connectionName}");
                }

                configureDataSourceBuilder?.Invoke(source);
            },
            serviceKey: key);
        if (!settings.DisableHealthChecks)
        {
            AddHealthCheck(builder, key);
        }

        builder.AddNpgsqlTelemetry(!settings.DisableTracing, !settings.DisableMetrics);
    }

    private static NpgsqlSettings ReadSettings(IConfiguration configuration, string connectionName)
    {
        var settings = new NpgsqlSettings();
        var section = configuration.GetSection(Section);
        section.Bind(settings);
        section.GetSection(connectionName).Bind(settings);
        if (configuration.GetConnectionString(connectionName) is { Length: > 0 } connectionString)
        {
            settings.ConnectionString = connectionString;
        }

        return settings;
    }

    private static void AddHealthCheck(IHostApplicationBuilder builder, string? key)
    {
        var name = key is null ? "PostgreSql" : $"PostgreSql_{key}";
        builder.TryAddHealthCheck(name, checks => checks.AddNpgSql(
            services => key is null
                ? services.GetRequiredService<NpgsqlDataSource>()
                : services.GetRequiredKeyedService<NpgsqlDataSource>(key),
            name: name));
    }
}
