using Capibara6.Hosting.LocalServers.Programs;
using Capibara6.Hosting.LocalServers.Redis;

namespace Capibara6.Tests;

/// <summary>
/// A real server of the Redis protocol: `var redis = await TestRedis.GetAsync(token);`, connect to `redis.ConnectionString`
/// (StackExchange.Redis form) and begin every key and channel with `redis.Prefix`, which is new each time. All share one
/// server that starts with the first of them; don't flush it. A test that stops the server starts its own with `StartOwnAsync`.
/// </summary>
internal sealed record TestRedis(string ConnectionString, string Prefix)
{
    /// <summary>Product: Microsoft's server of the Redis protocol, from the NuGet feed. Always there.</summary>
    public const string Garnet = "Garnet";

    /// <summary>Product: redis-server itself. Where the machine has none, the test is skipped and says so.</summary>
    public const string Redis = "Redis";

    private const string Password = "test-only";
    private const string AsFound = "";
    private static readonly string[] s_places =
    [
        Path.Combine(Environment.GetEnvironmentVariable("CAPIBARA6_REDIS") ?? "/opt/capibara6-redis", "redis-server"),
        "/usr/bin/redis-server",
        "/usr/local/bin/redis-server",
    ];
    private static readonly SemaphoreSlim s_gate = new(1, 1);
    private static readonly Dictionary<string, TestServer> s_servers = new(StringComparer.Ordinal);
    private static int s_count;

    /// <summary>Whichever server the product's own search finds.</summary>
    public static Task<TestRedis> GetAsync(CancellationToken cancellationToken) => GetAsync(AsFound, cancellationToken);

    /// <summary>A server of this very product.</summary>
    public static async Task<TestRedis> GetAsync(string product, CancellationToken cancellationToken)
    {
        await s_gate.WaitAsync(cancellationToken);
        try
        {
            if (!s_servers.TryGetValue(product, out var server))
            {
                s_servers[product] = server = await StartAsync(product, LocalServersFixture.FreePort(), cancellationToken);
            }

            return new TestRedis(ConnectionStringOf(server), $"test{Interlocked.Increment(ref s_count)}:");
        }
        finally
        {
            s_gate.Release();
        }
    }

    /// <summary>A server for one test alone, which has to stop it.</summary>
    public static Task<TestServer> StartOwnAsync(int port, CancellationToken cancellationToken) =>
        StartAsync(AsFound, port, cancellationToken);

    public static string ConnectionStringOf(TestServer server) => $"127.0.0.1:{server.Port},password={Password}";

    internal static Task StopAsync() => Task.WhenAll(s_servers.Values.Select(server => server.StopAsync(CancellationToken.None)));

    private static async Task<TestServer> StartAsync(string product, int port, CancellationToken cancellationToken)
    {
        var servers = LocalServersFixture.Shared;
        var spec = new RedisSpec("tests", port, Password);
        switch (product)
        {
            case Garnet:
                return await servers.StartAsync(spec, await servers.RedisPrograms.FromPackageAsync(cancellationToken), cancellationToken);
            case Redis:
                var program = Executables.Find("redis-server") ?? s_places.Select(place => Executables.Find(place)).FirstOrDefault(found => found is not null);
                if (program is null)
                {
                    Assert.Inconclusive(
                        $"No redis-server on PATH, nor {string.Join(", ", s_places)}: Capibara6.Tests/TestSupport/setup-redis.sh brings it. Garnet is tested all the same.");
                }

                return await servers.StartAsync(spec, new ServerProgram(program, Redis, "of this machine"), cancellationToken);
            default:
                return await servers.StartAsync(spec, program: null, cancellationToken);
        }
    }
}
