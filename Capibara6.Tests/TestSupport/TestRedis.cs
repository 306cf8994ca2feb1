using Capibara6.Hosting.Orchestration.LocalServers;

namespace Capibara6.Tests;

/// <summary>
/// A real server of the Redis protocol: `var redis = await TestRedis.GetAsync(token);`, connect to `redis.ConnectionString`
/// (StackExchange.Redis form) and begin every key and channel with `redis.Prefix`, which is new each time. All share one
/// server that starts with the first of them; don't flush it. A test that stops the server starts its own with `StartOwnAsync`.
/// </summary>
internal sealed record TestRedis(string ConnectionString, string Prefix)
{
    private const string Password = "test-only";
    private static readonly SemaphoreSlim s_gate = new(1, 1);
    private static ILocalServer? s_server;
    private static int s_count;

    public static async Task<TestRedis> GetAsync(CancellationToken cancellationToken)
    {
        await s_gate.WaitAsync(cancellationToken);
        try
        {
            s_server ??= await StartOwnAsync(LocalServersFixture.FreePort(), cancellationToken);
        }
        finally
        {
            s_gate.Release();
        }

        return new TestRedis(ConnectionStringOf(s_server), $"test{Interlocked.Increment(ref s_count)}:");
    }

    /// <summary>A server for one test alone, which has to stop it.</summary>
    public static Task<ILocalServer> StartOwnAsync(int port, CancellationToken cancellationToken) =>
        LocalServersFixture.Shared.Redis.StartAsync(new RedisSpec("tests", port, Password), cancellationToken);

    public static string ConnectionStringOf(ILocalServer server) => $"127.0.0.1:{server.Port},password={Password}";

    internal static Task StopAsync() => s_server?.StopAsync(CancellationToken.None) ?? Task.CompletedTask;
}
