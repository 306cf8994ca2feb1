using System.Diagnostics;
using Capibara6.Hosting.LocalServers.Postgres;
using Npgsql;

namespace Capibara6.Tests.Hosting.LocalServers;

/// <summary>A process of its own that runs a PostgreSQL with a backend that is busy, says where its data is, and waits to be killed.</summary>
internal static class ServerVictim
{
    public const string Command = "server-victim";
    private const string Password = "test-only";

    public static Process Start() =>
        Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(ServerVictim).Assembly.Location, Command]) { RedirectStandardOutput = true })!;

    public static async Task<int> RunAsync()
    {
        var server = await LocalServersFixture.Shared.StartAsync(
            new PostgresSpec("victim", LocalServersFixture.FreePort(), "postgres", Password), CancellationToken.None);
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={server.Port};Username=postgres;Password={Password};Database=postgres;Command Timeout=0");
        await connection.OpenAsync(CancellationToken.None);
        Console.WriteLine(server.Process.Folder);

        // A backend that computes does not notice the end of its server by itself.
        await using var command = new NpgsqlCommand("SELECT count(*) FROM generate_series(1, 100000000000)", connection);
        await command.ExecuteScalarAsync(CancellationToken.None);
        return 0;
    }
}
