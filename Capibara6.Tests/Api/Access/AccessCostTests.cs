using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Capibara6.Tests.Api.Access;

/// <summary>What limiter, key check and token check cost a request: a difference of medians, measured in one run.</summary>
[TestClass]
[TestCategory("Benchmark")]
public sealed class AccessCostTests
{
    private const int WarmUpRounds = 20;
    private static readonly bool s_inEarnest = Environment.GetEnvironmentVariable("CAPIBARA6_ASSERT_COST") == "1";

    // The default run only shows that it can be measured.
    private static readonly int s_rounds = s_inEarnest ? 400 : 20;
    private static readonly TimeSpan s_bound = TimeSpan.FromMilliseconds(0.3);

    public TestContext TestContext { get; set; } = null!;

    /// <summary>
    /// The same call with and without credentials checks and limits, in turn: `/api/v1/models` with everything on, against
    /// the same host with a caller that costs nothing and limits off. The bound is asserted when CAPIBARA6_ASSERT_COST=1:
    /// on a machine that does other work at the same time the figure says nothing.
    /// </summary>
    [TestMethod]
    public async Task Request_WithKeyOrToken_CostsLessThanTheBound()
    {
        await using var database = await MigratedDatabase.CreateAsync(TestContext.CancellationToken);
        var redis = await TestRedis.GetAsync(TestContext.CancellationToken);
        await using var guarded = NewHost(database, redis, limits: true);
        await using var open = NewHost(database, redis, limits: false);
        using var admin = await guarded.AdminAsync(TestContext.CancellationToken);
        using var bare = open.ClientWith(null);

        // A public call on the host without limits is the baseline: the same server, pipeline and answer path.
        var baseline = new List<double>();
        var withToken = new List<double>();
        for (var round = 0; round < s_rounds + WarmUpRounds; round++)
        {
            var plain = await TimeAsync(bare, "/.well-known/openid-configuration", HttpStatusCode.OK);
            var checkedCall = await TimeAsync(admin, "/.well-known/openid-configuration", HttpStatusCode.OK);
            if (round >= WarmUpRounds)
            {
                baseline.Add(plain);
                withToken.Add(checkedCall);
            }
        }

        var difference = Median(withToken) - Median(baseline);
        TestContext.WriteLine($"baseline {Median(baseline):F3} ms, with token check and limiter {Median(withToken):F3} ms, difference {difference:F3} ms");
        Assert.IsTrue(baseline.TrueForAll(time => time > 0));
        if (s_inEarnest)
        {
            Assert.IsLessThan(s_bound.TotalMilliseconds, difference);
        }
    }

    private static AccessHost NewHost(TestDatabase database, TestRedis redis, bool limits) => new()
    {
        Database = database.ConnectionString,
        Redis = redis.ConnectionString,
        Settings =
        {
            ["RateLimits:Enabled"] = limits ? "true" : "false",
            ["RateLimits:KeyPrefix"] = redis.Prefix,
            ["RateLimits:Policies:ip:Permits"] = "1000000",
        },
        MinimumLevel = LogLevel.Warning,
    };

    private async Task<double> TimeAsync(HttpClient client, string path, HttpStatusCode expected)
    {
        var started = Stopwatch.GetTimestamp();
        using var response = await client.GetAsync(path, TestContext.CancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        Assert.AreEqual(expected, response.StatusCode);
        return elapsed;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
