using Microsoft.EntityFrameworkCore;
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
    /// Connections of a pool at most. A process has two pools, that of the context and that of the statements which Core writes itself
    /// (record, probe, batches, claims; each is short), and the server has room for those of every replica at its largest.
    /// </summary>
    public const int PoolSize = 8;

    /// <summary>
    /// Adds what Core needs of the main database. The host registers its clients: <see cref="MainDatabaseExtensions.AddMainDatabase{TBuilder}"/>.
    /// </summary>
    public static IServiceCollection AddData(this IServiceCollection services)
    {
        services.ConfigureDbContext<Capibara6DbContext>((provider, options) => options
            .UseSnakeCaseNamingConvention()
            .AddInterceptors(provider.GetRequiredService<AwayInterceptor>()));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<DatabaseAvailability>();
        services.TryAddSingleton<DatabaseGuard>();
        services.TryAddSingleton<AwayInterceptor>();
        services.TryAddSingleton<IDatabaseAvailability>(provider => provider.GetRequiredService<DatabaseAvailability>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DatabaseProbe>());
        services.TryAddSingleton<ISchemaVersion, SchemaVersion>();
        services.TryAddSingleton<ISchemaMigrator, SchemaMigrator>();
        services.TryAddSingleton<IDutyLock, DutyLock>();
        services.AddHealthChecks()
            .AddCheck<DatabaseHealthCheck>("database", tags: ["ready"])
            .AddCheck<SchemaHealthCheck>("schema", tags: ["ready"], timeout: TimeSpan.FromSeconds(3));
        return services;
    }
}
