using System.Net.Sockets;
using Capibara6.Core.Data;
using Npgsql;
using StackExchange.Redis;

namespace Capibara6.Api.Health;

/// <summary>Which servers and which schema this replica works with. What doesn't answer soon is left out.</summary>
internal sealed class DependencyVersions(
    [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource database, IConnectionMultiplexer redis, TimeProvider time)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    public async Task<IReadOnlyDictionary<string, string>> ReadAsync(CancellationToken cancellationToken)
    {
        var versions = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await AddDatabaseAsync(versions, cancellationToken);
        if (redis.GetServers().FirstOrDefault(server => server.IsConnected) is { } connected)
        {
            versions["redis"] = connected.Version.ToString();
        }

        return versions;
    }

    private async Task AddDatabaseAsync(SortedDictionary<string, string> versions, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(s_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await using var connection = await database.OpenConnectionAsync(either.Token);
            versions["postgresql"] = connection.PostgreSqlVersion.ToString();
            await using var command = connection.CreateCommand();
            command.CommandText = """SELECT max(migration_id) FROM "__EFMigrationsHistory" """;
            if (await command.ExecuteScalarAsync(either.Token) is string schema)
            {
                versions["schema"] = schema;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // No answer in time: the checks say so.
        }
        catch (Exception exception) when (exception is NpgsqlException or SocketException or TimeoutException)
        {
            // Away, or not migrated yet: the checks say so.
        }
    }
}
