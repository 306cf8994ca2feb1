using System.Net;
using System.Net.Sockets;
using Capibara6.Hosting.LocalServers.Postgres;
using Capibara6.Hosting.LocalServers.Programs;
using Capibara6.Hosting.LocalServers.Redis;
using Microsoft.Extensions.Logging.Abstractions;

namespace Capibara6.Tests;

/// <summary>
/// What prepares local servers for the tests, the way the host does. One for the whole assembly; its guardian leaves nothing
/// even when the test process is killed.
/// </summary>
internal sealed class LocalServersFixture : IDisposable
{
    private static readonly Lazy<LocalServersFixture> s_shared = new(() => new LocalServersFixture());

    private LocalServersFixture()
    {
        Folders = new ServerFolders(Guardian);
        Packages = new PackageCache(HostFolders.Default, TimeProvider.System, NullLogger<PackageCache>.Instance);
        var leftovers = new Leftovers(Guardian, TimeProvider.System);
        Postgres = new LocalPostgres(new PostgresPrograms(Packages), leftovers, Folders, NullLogger<LocalPostgres>.Instance);
        RedisPrograms = new RedisPrograms(Packages);
        Redis = new LocalRedis(RedisPrograms, leftovers, Folders);
    }

    public static LocalServersFixture Shared => s_shared.Value;

    public static bool IsStarted => s_shared.IsValueCreated;

    public Guardian Guardian { get; } = new(NullLogger<Guardian>.Instance);

    public ServerFolders Folders { get; }

    public PackageCache Packages { get; }

    public LocalPostgres Postgres { get; }

    public RedisPrograms RedisPrograms { get; }

    public LocalRedis Redis { get; }

    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Prepares a PostgreSQL, starts it, and waits until it answers.</summary>
    /// <param name="host">The mark of another host that it shall seem to belong to.</param>
    public async Task<TestServer> StartAsync(PostgresSpec spec, CancellationToken cancellationToken, string? host = null) => await TestServer.StartAsync(
        Guardian, await Postgres.PrepareAsync(spec, cancellationToken), spec.Port, TestServer.PostgresAnswersAsync(spec), cancellationToken, host);

    /// <summary>Prepares a server of the Redis protocol, starts it, and waits until it answers.</summary>
    /// <param name="program">Null: whichever the host finds.</param>
    public async Task<TestServer> StartAsync(RedisSpec spec, ServerProgram? program, CancellationToken cancellationToken) => await TestServer.StartAsync(
        Guardian, await Redis.PrepareAsync(spec, program ?? await RedisPrograms.FindAsync(cancellationToken), cancellationToken), spec.Port,
        TestServer.RedisAnswersAsync(spec), cancellationToken);

    public void Dispose() => Guardian.Dispose();
}
