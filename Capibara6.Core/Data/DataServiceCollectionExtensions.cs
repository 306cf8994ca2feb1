using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Capibara6.Core.Data;

/// <summary>The main database: context, schema, availability.</summary>
public static class DataServiceCollectionExtensions
{
    /// <summary>Name of the connection string, and key of the <see cref="NpgsqlDataSource"/>.</summary>
    public const string ConnectionName = "capibara6";

    /// <summary>
    /// Seconds that a statement through the context may take where a client waits for the answer; Npgsql's own 30, times the retries, would
    /// outlast every client. The worker, which nobody waits for, keeps them.
    /// </summary>
    public const int RequestCommandTimeout = 10;

    // The pool of the statements that Core writes itself: record, probe, batches, claims. Each is short.
    private const int MaxPoolSize = 20;

    /// <summary>
    /// Adds what Core needs of the main database. The host registers the context itself:
    /// <c>builder.AddNpgsqlDbContext&lt;Capibara6DbContext&gt;("capibara6")</c>.
    /// </summary>
    public static IServiceCollection AddData(this IServiceCollection services)
    {
        services.ConfigureDbContext<Capibara6DbContext>((provider, options) => options
            .UseSnakeCaseNamingConvention()
            .AddInterceptors(provider.GetRequiredService<AwayInterceptor>()));
        services.TryAddKeyedSingleton(ConnectionName, (provider, _) => CreateDataSource(provider.GetRequiredService<IConfiguration>()));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<DatabaseAvailability>();
        services.TryAddSingleton<DatabaseGuard>();
        services.TryAddSingleton<AwayInterceptor>();
        services.TryAddSingleton<IDatabaseAvailability>(provider => provider.GetRequiredService<DatabaseAvailability>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DatabaseProbe>());
        services.TryAddSingleton<ISchemaVersion, SchemaVersion>();
        services.TryAddSingleton<ISchemaMigrator, SchemaMigrator>();
        services.AddHealthChecks().AddCheck<SchemaHealthCheck>("schema", tags: ["ready"], timeout: TimeSpan.FromSeconds(3));
        return services;
    }

    private static NpgsqlDataSource CreateDataSource(IConfiguration configuration)
    {
        var text = configuration.GetConnectionString(ConnectionName)
            ?? throw new InvalidOperationException($"ConnectionStrings:{ConnectionName} is missing: it says where the main database is.");
        var connectionString = new NpgsqlConnectionStringBuilder(text);
        if (!connectionString.ContainsKey("Maximum Pool Size"))
        {
            connectionString.MaxPoolSize = MaxPoolSize;
        }

        // Queries wait for nothing here: a database that does not answer soon counts as away.
        connectionString.Timeout = Math.Min(connectionString.Timeout, 3);
        return new NpgsqlDataSourceBuilder(connectionString.ConnectionString).Build();
    }
}
