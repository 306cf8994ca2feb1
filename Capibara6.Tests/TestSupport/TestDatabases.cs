using Capibara6.Hosting.LocalServers.Postgres;
using Npgsql;

namespace Capibara6.Tests;

/// <summary>
/// Real databases: `await using var database = await TestDatabases.CreateAsync(token);` and connect to
/// `database.ConnectionString`. Empty each time (pass `template:` for a copy of another one), dropped on dispose; all are
/// on one server that starts with the first of them. fsync is off.
/// </summary>
internal static class TestDatabases
{
    private const string Password = "test-only";
    private static readonly SemaphoreSlim s_gate = new(1, 1);
    private static TestServer? s_server;
    private static int s_count;

    public static async Task<TestDatabase> CreateAsync(CancellationToken cancellationToken, string template = "template1")
    {
        var server = await ServerConnectionStringAsync(cancellationToken);
        var name = $"test_{Interlocked.Increment(ref s_count)}";
        await ExecuteAsync(server, $"CREATE DATABASE {name} TEMPLATE \"{template}\"", cancellationToken);
        return new TestDatabase(name, new NpgsqlConnectionStringBuilder(server) { Database = name, Pooling = true, MaxPoolSize = 20 }.ConnectionString);
    }

    /// <summary>The server itself, as its superuser, for tests that create roles or databases of their own names.</summary>
    public static async Task<string> ServerConnectionStringAsync(CancellationToken cancellationToken)
    {
        await s_gate.WaitAsync(cancellationToken);
        try
        {
            s_server ??= await LocalServersFixture.Shared.StartAsync(
                new PostgresSpec("tests", LocalServersFixture.FreePort(), "postgres", Password), cancellationToken);
        }
        finally
        {
            s_gate.Release();
        }

        return $"Host=127.0.0.1;Port={s_server.Port};Username=postgres;Password={Password};Database=postgres;Pooling=false";
    }

    internal static async Task DropAsync(string name)
    {
        var server = await ServerConnectionStringAsync(CancellationToken.None);
        await ExecuteAsync(server, $"DROP DATABASE IF EXISTS {name} WITH (FORCE)", CancellationToken.None);
    }

    internal static async Task StopAsync()
    {
        if (s_server is not null)
        {
            NpgsqlConnection.ClearAllPools();
            await s_server.StopAsync(CancellationToken.None);
        }
    }

    private static async Task ExecuteAsync(string connectionString, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>A database of its own.</summary>
internal sealed class TestDatabase(string name, string connectionString) : IAsyncDisposable
{
    public string Name { get; } = name;

    public string ConnectionString { get; } = connectionString;

    public async ValueTask DisposeAsync()
    {
        await using (var pooled = new NpgsqlConnection(ConnectionString))
        {
            NpgsqlConnection.ClearPool(pooled);
        }

        await TestDatabases.DropAsync(Name);
    }
}
