using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>A script of one's own to create the database with.</summary>
internal sealed record PostgresCreationScriptAnnotation(string Script) : IResourceAnnotation;

/// <summary>Creates the databases of a server as soon as it is ready.</summary>
internal static partial class PostgresDatabases
{
    public static async Task CreateAsync(PostgresServerResource server, ResourceReadyEvent ready, CancellationToken cancellationToken)
    {
        var model = ready.Services.GetRequiredService<DistributedApplicationModel>();
        var loggers = ready.Services.GetRequiredService<ResourceLoggerService>();
        var connectionString = await server.GetConnectionStringAsync(cancellationToken).ConfigureAwait(false);
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Database = "postgres", Pooling = false });
        foreach (var database in model.Resources.OfType<PostgresDatabaseResource>().Where(database => database.Parent == server))
        {
            await CreateAsync(source, database, loggers.GetLogger(database), cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task CreateAsync(NpgsqlDataSource source, PostgresDatabaseResource database, ILogger logger, CancellationToken cancellationToken)
    {
        var script = database.TryGetLastAnnotation<PostgresCreationScriptAnnotation>(out var own)
            ? own.Script
            : $"CREATE DATABASE \"{database.DatabaseName.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        try
        {
            await using var command = source.CreateCommand(script);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            Created(logger, database.DatabaseName);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DuplicateDatabase)
        {
            Exists(logger, database.DatabaseName);
        }
        catch (NpgsqlException exception)
        {
            // The database's own health check says that it is missing; other databases are still created.
            Failed(logger, database.DatabaseName, exception);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Database '{Database}' created.")]
    private static partial void Created(ILogger logger, string database);

    [LoggerMessage(2, LogLevel.Debug, "Database '{Database}' exists already.")]
    private static partial void Exists(ILogger logger, string database);

    [LoggerMessage(3, LogLevel.Error, "Database '{Database}' could not be created.")]
    private static partial void Failed(ILogger logger, string database, Exception exception);
}
