using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Capibara6.Core.Measurements;

/// <summary>Measurements over time.</summary>
public static class MeasurementsServiceCollectionExtensions
{
    private const int PoolSize = 4;

    /// <summary>
    /// Adds what Core needs of the measurements' database: <c>ConnectionStrings:metrics</c>. Without it nothing is measured over time, and
    /// the rest works.
    /// </summary>
    public static IServiceCollection AddMeasurements(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new MeasurementStore(
            provider.GetKeyedService<NpgsqlDataSource>(MeasurementStore.ConnectionName) ?? CreateDataSource(provider.GetRequiredService<IConfiguration>())));
        services.TryAddSingleton<MeasurementSchema>();
        services.TryAddSingleton<IMeasurementKeeper, MeasurementKeeper>();
        services.TryAddSingleton<IMeasurements, Measurements>();
        return services;
    }

    private static NpgsqlDataSource? CreateDataSource(IConfiguration configuration)
    {
        if (configuration.GetConnectionString(MeasurementStore.ConnectionName) is not { Length: > 0 } text)
        {
            return null;
        }

        var connection = new NpgsqlConnectionStringBuilder(text);
        if (!connection.ContainsKey("Maximum Pool Size"))
        {
            connection.MaxPoolSize = PoolSize;
        }

        // A client waits for a report.
        connection.Timeout = Math.Min(connection.Timeout, 3);
        return new NpgsqlDataSourceBuilder(connection.ConnectionString).Build();
    }
}
