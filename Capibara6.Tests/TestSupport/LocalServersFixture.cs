using System.Net;
using System.Net.Sockets;
using Capibara6.Hosting.Orchestration.LocalServers;
using Capibara6.Hosting.Orchestration.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Capibara6.Tests;

/// <summary>
/// What starts local servers for the tests, the way the host does. One run for the whole assembly, so that nothing is
/// left even when the test process is killed.
/// </summary>
internal sealed class LocalServersFixture : IDisposable
{
    private static readonly Lazy<LocalServersFixture> s_shared = new(() => new LocalServersFixture());
    private readonly TemporaryFolder _state = new();

    private LocalServersFixture()
    {
        Run = HostRun.Begin(_state.Path, TimeProvider.System, NullLogger<HostRun>.Instance);
        Runner = new ProcessRunner(Run, TimeProvider.System, NullLogger<ProcessRunner>.Instance);
        Packages = new PackageCache(LocalServerFolders.Default, Runner, TimeProvider.System, NullLogger<PackageCache>.Instance);
        PostgresPrograms = new PostgresPrograms(Runner, Packages);
        RedisPrograms = new RedisPrograms(Runner, Packages);
        Postgres = new LocalPostgres(Run, Runner, PostgresPrograms, TimeProvider.System, NullLogger<LocalPostgres>.Instance);
        Redis = new LocalRedis(Run, Runner, RedisPrograms, TimeProvider.System);
    }

    public static LocalServersFixture Shared => s_shared.Value;

    public static bool IsStarted => s_shared.IsValueCreated;

    public HostRun Run { get; }

    public ProcessRunner Runner { get; }

    public PackageCache Packages { get; }

    public PostgresPrograms PostgresPrograms { get; }

    public RedisPrograms RedisPrograms { get; }

    public LocalPostgres Postgres { get; }

    public LocalRedis Redis { get; }

    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        Run.Dispose();
        _state.Dispose();
    }
}
