using System.Diagnostics;
using Capibara6.Core.RateLimiting;
using Capibara6.Tests.Core.Identity;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Capibara6.Tests.Core.RateLimiting;

/// <summary>The limits over three replicas, on Garnet, and on redis-server where the machine has one.</summary>
[TestClass]
public sealed class RateLimiterTests
{
    private static TestDatabase s_database = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => s_database = await MigratedDatabase.CreateAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await s_database.DisposeAsync();

    [TestMethod]
    [DataRow(TestRedis.Garnet)]
    [DataRow(TestRedis.Redis)]
    public async Task Acquire_300InParallelOverThreeReplicas_Exactly100Pass(string product)
    {
        await using var replicas = await StartReplicasAsync(await TestRedis.GetAsync(product, TestContext.CancellationToken));
        await AssertExactlyAsync(replicas, 100, new RateLimitRequest([new("ip", "203.0.113.7", null), new("query", "somebody", 1_000)], null, null));
    }

    [TestMethod]
    [DataRow(TestRedis.Garnet)]
    [DataRow(TestRedis.Redis)]
    public async Task Acquire_RequestRefusedByOneBucket_TakesNothingFromTheOther(string product)
    {
        await using var replicas = await StartReplicasAsync(await TestRedis.GetAsync(product, TestContext.CancellationToken));
        var limiter = replicas.All[0].Limiter;
        var request = new RateLimitRequest([new("ip", "a", 5), new("auth", "a", 1)], null, null);

        Assert.IsTrue((await limiter.AcquireAsync(request, TestContext.CancellationToken)).Allowed);
        var refused = await limiter.AcquireAsync(request, TestContext.CancellationToken);

        Assert.IsFalse(refused.Allowed);
        Assert.IsFalse(refused.Local);
        Assert.AreEqual(4, refused.States[0].Remaining, "the wide bucket keeps what the refused request would have taken");
        Assert.AreEqual(0, refused.States[1].Remaining);
        Assert.IsTrue(refused.RetryAfter > TimeSpan.Zero && refused.RetryAfter <= TimeSpan.FromSeconds(60));
    }

    [TestMethod]
    [DataRow(TestRedis.Garnet)]
    [DataRow(TestRedis.Redis)]
    [DataRow(null)]
    public async Task Acquire_SeveralTokensAtOnce_TakesThemAllOrNone(string? product)
    {
        var redis = product is null ? new TestRedis("127.0.0.1:9,connectTimeout=100,abortConnect=false", "x:") : await TestRedis.GetAsync(product, TestContext.CancellationToken);
        await using var replicas = await StartReplicasAsync(redis, count: 1);
        var limiter = replicas.All[0].Limiter;

        var first = await limiter.AcquireAsync(new RateLimitRequest([new("auth", "several", 10, 7)], null, null), TestContext.CancellationToken);
        var second = await limiter.AcquireAsync(new RateLimitRequest([new("auth", "several", 10, 4)], null, null), TestContext.CancellationToken);
        var third = await limiter.AcquireAsync(new RateLimitRequest([new("auth", "several", 10, 3)], null, null), TestContext.CancellationToken);

        Assert.IsTrue(first.Allowed && !second.Allowed && third.Allowed);
        Assert.AreEqual(3, first.States[0].Remaining);
        Assert.AreEqual(10, second.States[0].Quota);
        Assert.AreEqual(product is null, first.Local);
    }

    [TestMethod]
    [DataRow(TestRedis.Garnet)]
    [DataRow(TestRedis.Redis)]
    public async Task Acquire_ConcurrencyLimit_HoldsOverReplicasAndEndsWithTheRequest(string product)
    {
        await using var replicas = await StartReplicasAsync(await TestRedis.GetAsync(product, TestContext.CancellationToken));
        var request = new RateLimitRequest([], "account-1", 2);
        var first = await replicas.All[0].Limiter.AcquireAsync(request, TestContext.CancellationToken);
        var second = await replicas.All[1].Limiter.AcquireAsync(request, TestContext.CancellationToken);
        var third = await replicas.All[2].Limiter.AcquireAsync(request, TestContext.CancellationToken);
        Assert.IsTrue(first.Allowed && second.Allowed);
        Assert.AreEqual("concurrency_limited", third.Code);

        first.Lease!.Dispose();
        await Eventually.TrueAsync(
            async () => (await replicas.All[2].Limiter.AcquireAsync(request, TestContext.CancellationToken)).Allowed,
            TimeSpan.FromSeconds(5), "the change is felt", TestContext.CancellationToken);
    }

    [TestMethod]
    [DataRow(TestRedis.Garnet)]
    [DataRow(TestRedis.Redis)]
    public async Task Acquire_LeaseOfADeadProcess_Ends(string product)
    {
        var redis = await TestRedis.GetAsync(product, TestContext.CancellationToken);
        await using var replicas = await StartReplicasAsync(redis, lease: "00:00:02");
        await using (var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString))
        {
            // What a process leaves that was killed just now: a place that nobody renews.
            var time = (RedisResult[])(await connection.GetDatabase().ExecuteAsync("TIME"))!;
            await connection.GetDatabase().SortedSetAddAsync($"{redis.Prefix}running:account-2", "dead", ((double)time[0] * 1000) + 2000);
        }

        var request = new RateLimitRequest([], "account-2", 1);
        Assert.AreEqual("concurrency_limited", (await replicas.All[0].Limiter.AcquireAsync(request, TestContext.CancellationToken)).Code);
        RateLimitDecision? passed = null;
        await Eventually.TrueAsync(
            async () => (passed = await replicas.All[0].Limiter.AcquireAsync(request, TestContext.CancellationToken)).Allowed,
            TimeSpan.FromSeconds(8), "the change is felt", TestContext.CancellationToken);

        // And one that lives keeps its place beyond the lease.
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(3))
        {
            Assert.IsFalse((await replicas.All[1].Limiter.AcquireAsync(request, TestContext.CancellationToken)).Allowed);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.CancellationToken);
        }

        passed!.Lease!.Dispose();
    }

    [TestMethod]
    public async Task Acquire_RedisStops_LimitsGoOnPerReplicaAndComeBack()
    {
        var port = LocalServersFixture.FreePort();
        var server = await TestRedis.StartOwnAsync(port, TestContext.CancellationToken);
        await using var replicas = await StartReplicasAsync(new TestRedis(TestRedis.ConnectionStringOf(server) + ",connectTimeout=1000,abortConnect=false", "x:"), count: 1);
        var limiter = replicas.All[0].Limiter;
        var request = new RateLimitRequest([new("auth", "b", 3)], null, null);
        Assert.IsFalse((await limiter.AcquireAsync(request, TestContext.CancellationToken)).Local);

        await server.StopAsync(TestContext.CancellationToken);
        var decisions = new List<RateLimitDecision>();
        for (var index = 0; index < 6; index++)
        {
            decisions.Add(await limiter.AcquireAsync(request, TestContext.CancellationToken));
        }

        Assert.IsTrue(decisions.TrueForAll(decision => decision.Local));
        Assert.AreEqual(2, decisions.Count(decision => decision.Allowed), "what Redis had left");

        server = await TestRedis.StartOwnAsync(port, TestContext.CancellationToken);
        await Eventually.TrueAsync(
            async () => !(await limiter.AcquireAsync(request, TestContext.CancellationToken)).Local, TimeSpan.FromSeconds(20), "the change is felt", TestContext.CancellationToken);
        await server.StopAsync(TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Acquire_RedisGoesAwayUnderThreeReplicas_TheyShareWhatWasLeft()
    {
        var server = await TestRedis.StartOwnAsync(LocalServersFixture.FreePort(), TestContext.CancellationToken);
        await using var replicas = await StartReplicasAsync(new TestRedis(TestRedis.ConnectionStringOf(server) + ",connectTimeout=1000,abortConnect=false", "x:"));
        var request = new RateLimitRequest([new("ip", "shared", null)], null, null);
        for (var index = 0; index < 42; index++)
        {
            Assert.IsFalse((await replicas.All[index % 3].Limiter.AcquireAsync(request, TestContext.CancellationToken)).Local, "also the first calls after the start");
        }

        await Eventually.TrueAsync(
            () => replicas.All.All(replica => replica.Services.GetRequiredService<LiveReplicas>().Count == 3),
            TimeSpan.FromSeconds(20), "each knows of all", TestContext.CancellationToken);
        await server.StopAsync(TestContext.CancellationToken);
        var decisions = await Task.WhenAll(Enumerable.Range(0, 300).Select(index => Task.Run(
            async () => await replicas.All[index % 3].Limiter.AcquireAsync(request, TestContext.CancellationToken))));

        Assert.IsTrue(decisions.All(decision => decision is { Local: true } && decision.States[0] is { Estimated: true, Quota: 100 }));

        // 58 were left, and two replicas knew of one or two more.
        Assert.IsInRange(55, 60, decisions.Count(decision => decision.Allowed));
    }

    private async Task AssertExactlyAsync(Replicas replicas, int expected, RateLimitRequest request)
    {
        var decisions = await Task.WhenAll(Enumerable.Range(0, 300).Select(index => Task.Run(
            async () => await replicas.All[index % replicas.All.Count].Limiter.AcquireAsync(request, TestContext.CancellationToken))));
        Assert.IsFalse(decisions.Any(decision => decision.Local), "Redis decided all of it");
        Assert.AreEqual(expected, decisions.Count(decision => decision.Allowed));
    }

    private async Task<Replicas> StartReplicasAsync(TestRedis redis, string lease = "00:00:30", int count = 3)
    {
        Dictionary<string, string?> settings = new()
        {
            ["RateLimits:KeyPrefix"] = redis.Prefix,
            ["RateLimits:RedisTimeout"] = "00:00:10",
            ["RateLimits:RedisRetryAfter"] = "00:00:01",
            ["RateLimits:ConcurrencyLease"] = lease,
            ["RateLimits:Policies:ip:Refills"] = "1",
        };
        var all = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => IdentityReplica.StartAsync(
            s_database.ConnectionString, TestContext.CancellationToken, redis.ConnectionString, settings)));
        return new Replicas(all);
    }

    private sealed record Replicas(IReadOnlyList<IdentityReplica> All) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var replica in All)
            {
                await replica.DisposeAsync();
            }
        }
    }
}
