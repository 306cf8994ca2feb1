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

    /// <summary>
    /// Connections of a pool at most. A process has two pools, that of the context and that of the statements which Core writes itself
    /// (record, probe, batches, claims; each is short), and the server has room for those of every replica at its largest.
    /// </summary>
    public const int PoolSize = 8;

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

    /// <summary>The connection string with a pool of <see cref="PoolSize"/>, unless it names a size itself; null stays null.</summary>
    public static string? WithPool(string? connectionString)
    {
        if (connectionString is null)
        {
            return null;
        }

        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        if (!builder.ContainsKey("Maximum Pool Size"))
        {
            builder.MaxPoolSize = PoolSize;
        }

        return builder.ConnectionString;
    }

    private static NpgsqlDataSource CreateDataSource(IConfiguration configuration)
    {
        var text = configuration.GetConnectionString(ConnectionName)
            ?? throw new InvalidOperationException($"ConnectionStrings:{ConnectionName} is missing: it says where the main database is.");
        var connectionString = new NpgsqlConnectionStringBuilder(WithPool(text));

        // Queries wait for nothing here: a database that does not answer soon counts as away.
        connectionString.Timeout = Math.Min(connectionString.Timeout, 3);
        return new NpgsqlDataSourceBuilder(connectionString.ConnectionString).Build();
    }
}
