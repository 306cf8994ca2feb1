using Capibara6.Core.Data;
using Npgsql;

namespace Microsoft.Extensions.Hosting;

/// <summary>The clients of the main database: Aspire's integrations, with the pools and the patience of this system.</summary>
public static class MainDatabaseExtensions
{
    /// <summary>
    /// Seconds that a statement through the context may take where a client waits for the answer; Npgsql's own 30, times the retries, would
    /// outlast every client. The worker, which nobody waits for, keeps them.
    /// </summary>
    public const int RequestCommandTimeout = 10;

    /// <summary>Seconds that a statement of Core's own waits for a connection: a database that doesn't answer soon counts as away.</summary>
    private const int StatementConnectTimeout = 3;

    /// <summary>
    /// Registers <see cref="Capibara6DbContext"/> and, under the key <c>capibara6</c>, the <see cref="NpgsqlDataSource"/> of Core's own
    /// statements, both for the connection string <c>capibara6</c>.
    /// </summary>
    /// <param name="commandTimeout">Seconds that a statement of the context may take; null for Npgsql's own.</param>
    /// <exception cref="InvalidOperationException">When either is first asked for and no connection string is configured.</exception>
    public static TBuilder AddMainDatabase<TBuilder>(this TBuilder builder, int? commandTimeout = null)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddNpgsqlDbContext<Capibara6DbContext>(DataServiceCollectionExtensions.ConnectionName, settings =>
        {
            settings.ConnectionString = Pooled(settings.ConnectionString)?.ConnectionString;
            settings.CommandTimeout ??= commandTimeout;

            // The probe says how the database is, once a second; no check has to ask again.
            settings.DisableHealthChecks = true;
        });
        builder.AddKeyedNpgsqlDataSource(DataServiceCollectionExtensions.ConnectionName, settings =>
        {
            if (Pooled(settings.ConnectionString) is { } connection)
            {
                connection.Timeout = Math.Min(connection.Timeout, StatementConnectTimeout);
                settings.ConnectionString = connection.ConnectionString;
            }

            settings.DisableHealthChecks = true;
        });
        return builder;
    }

    private static NpgsqlConnectionStringBuilder? Pooled(string? connectionString)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            return null;
        }

        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        // ContainsKey says whether the driver knows the word, this whether the connection string has it, by any of its names.
        if (!connection.ShouldSerialize("Maximum Pool Size"))
        {
            connection.MaxPoolSize = DataServiceCollectionExtensions.PoolSize;
        }

        return connection;
    }
}
