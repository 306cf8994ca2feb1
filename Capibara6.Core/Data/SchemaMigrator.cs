using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Capibara6.Core.Data;

/// <inheritdoc cref="ISchemaMigrator"/>
internal sealed class SchemaMigrator(
    IServiceScopeFactory scopes,
    [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource,
    TimeProvider time,
    ILogger<SchemaMigrator> logger) : ISchemaMigrator
{
    // The letters "capib6": any number will do, as long as nobody else in this database uses it.
    private const long AdvisoryLock = 0x_6361_7069_6236;

    private static readonly TimeSpan s_retryDelay = TimeSpan.FromSeconds(1);

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        using var activity = DataTelemetry.Source.StartActivity("schema migrate");
        while (true)
        {
            try
            {
                await MigrateOnceAsync(cancellationToken);
                return;
            }
            catch (Exception exception) when (DatabaseFaults.IsUnreachable(exception) && !cancellationToken.IsCancellationRequested)
            {
                DataLog.MigrationWaits(logger, s_retryDelay.TotalSeconds, exception.GetBaseException().Message);
            }
            catch (Exception exception)
            {
                activity?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
                throw;
            }

            await Task.Delay(s_retryDelay, time, cancellationToken);
        }
    }

    private async Task MigrateOnceAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<Capibara6DbContext>().Database;

        // The lock is held on a connection of its own: a retry inside EF may open the context's connection anew.
        // It ends with that connection, so a killed migrator leaves nothing locked.
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await LockAsync(connection, cancellationToken);

        var missing = (await database.GetPendingMigrationsAsync(cancellationToken)).ToList();
        if (missing.Count > 0)
        {
            DataLog.MigrationBegins(logger, missing.Count, missing[^1]);
            await database.MigrateAsync(cancellationToken);
        }

        DataLog.MigrationDone(logger, missing.Count);
    }

    private static async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_advisory_lock($1)", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = AdvisoryLock });

        // As long as another worker needs for its migrations.
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
