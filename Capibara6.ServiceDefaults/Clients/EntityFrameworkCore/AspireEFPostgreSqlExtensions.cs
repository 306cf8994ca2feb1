using Aspire.Npgsql.EntityFrameworkCore.PostgreSQL;
using Capibara6.ServiceDefaults.Clients;
using Capibara6.ServiceDefaults.Clients.EntityFrameworkCore;
using Capibara6.ServiceDefaults.Clients.Npgsql;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Hosting;

/// <summary>PostgreSQL through Entity Framework Core, with retry, health check, tracing and metrics.</summary>
public static class AspireEFPostgreSqlExtensions
{
    private const string Section = "Aspire:Npgsql:EntityFrameworkCore:PostgreSQL";

    /// <summary>
    /// Registers a pooled <typeparamref name="TContext"/> for the connection string of that name. Later wins: the section, the
    /// section's <c>{connectionName}</c>, the section's <c>{TContext}</c>, <c>ConnectionStrings:{connectionName}</c>,
    /// <paramref name="configureSettings"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The context is registered already; or, when it is first asked for, no connection string is configured.
    /// </exception>
    public static void AddNpgsqlDbContext<TContext>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<NpgsqlEntityFrameworkCorePostgreSQLSettings>? configureSettings = null,
        Action<DbContextOptionsBuilder>? configureDbContextOptions = null)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);
        if (IsRegistered<TContext>(builder.Services))
        {
            throw new InvalidOperationException(
                $"{typeof(TContext).Name} is registered already. Register it once: either with AddNpgsqlDbContext, or by hand and "
                + "then call EnrichNpgsqlDbContext.");
        }

        var settings = ReadSettings<TContext>(builder.Configuration, connectionName);
        configureSettings?.Invoke(settings);
        builder.Services.AddDbContextPool<TContext>(options =>
        {
            // Design-time tools build the model without a database.
            if (string.IsNullOrWhiteSpace(settings.ConnectionString) && !EF.IsDesignTime)
            {
                throw ConnectionStrings.Missing(connectionName, Section, $"{Section}:{typeof(TContext).Name}");
            }

            options.UseNpgsql(settings.ConnectionString, npgsql =>
            {
                if (!settings.DisableRetry)
                {
                    npgsql.EnableRetryOnFailure();
                }

                if (settings.CommandTimeout is { } seconds)
                {
                    npgsql.CommandTimeout(seconds);
                }
            });
            configureDbContextOptions?.Invoke(options);
        });
        AddObservation<TContext>(builder, settings);
    }

    /// <summary>
    /// Adds retry, command timeout, health check, tracing and metrics to a <typeparamref name="TContext"/> that was registered by hand.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The context isn't registered; or, when it is first asked for, what was set by hand contradicts the settings.
    /// </exception>
    public static void EnrichNpgsqlDbContext<TContext>(
        this IHostApplicationBuilder builder,
        Action<NpgsqlEntityFrameworkCorePostgreSQLSettings>? configureSettings = null)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!IsRegistered<TContext>(builder.Services))
        {
            throw new InvalidOperationException(
                $"{typeof(TContext).Name} isn't registered. Call AddDbContext, AddDbContextPool or AddPooledDbContextFactory for it before "
                + "EnrichNpgsqlDbContext, or AddNpgsqlDbContext instead of both.");
        }

        var settings = ReadSettings<TContext>(builder.Configuration, connectionName: null);
        configureSettings?.Invoke(settings);
        builder.Services.ConfigureDbContext<TContext>(options => DbContextEnrichment.Apply<TContext>(options, settings));
        AddObservation<TContext>(builder, settings);
    }

    private static bool IsRegistered<TContext>(IServiceCollection services) =>
        services.Any(service => service.ServiceType == typeof(TContext) || service.ServiceType == typeof(DbContextOptions<>).MakeGenericType(typeof(TContext)));

    private static NpgsqlEntityFrameworkCorePostgreSQLSettings ReadSettings<TContext>(IConfiguration configuration, string? connectionName)
    {
        var settings = new NpgsqlEntityFrameworkCorePostgreSQLSettings();
        var section = configuration.GetSection(Section);
        section.Bind(settings);
        if (connectionName is not null)
        {
            section.GetSection(connectionName).Bind(settings);
        }

        section.GetSection(typeof(TContext).Name).Bind(settings);
        if (connectionName is not null && configuration.GetConnectionString(connectionName) is { Length: > 0 } connectionString)
        {
            settings.ConnectionString = connectionString;
        }

        return settings;
    }

    private static void AddObservation<TContext>(IHostApplicationBuilder builder, NpgsqlEntityFrameworkCorePostgreSQLSettings settings)
        where TContext : DbContext
    {
        if (!settings.DisableHealthChecks)
        {
            builder.TryAddHealthCheck(typeof(TContext).Name, checks => checks.AddDbContextCheck<TContext>(typeof(TContext).Name));
        }

        builder.AddNpgsqlTelemetry(!settings.DisableTracing, !settings.DisableMetrics);
    }
}
