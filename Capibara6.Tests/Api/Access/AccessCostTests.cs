using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Capibara6.Tests.Api.Access;

/// <summary>What limiter, key check and token check cost a request: a difference of medians, measured in one run.</summary>
[TestClass]
[TestCategory("Benchmark")]
public sealed class AccessCostTests
{
    private static readonly bool s_inEarnest = Environment.GetEnvironmentVariable("CAPIBARA6_ASSERT_COST") == "1";

    // The default run only shows that it can be measured.
    private static readonly int s_rounds = s_inEarnest ? 2_000 : 20;

    // Until the compiler has done its best with what runs often.
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(s_inEarnest ? 10 : 0.1);
    private static readonly TimeSpan s_bound = TimeSpan.FromMilliseconds(0.3);

    public TestContext TestContext { get; set; } = null!;

    /// <summary>
    /// The same public call on two hosts, one of them without limits, with a token, with a key and with neither, in turn.
    /// The bound holds for limits, key check and token check added up, more than any request pays. It is asserted when
    /// CAPIBARA6_ASSERT_COST=1: on a machine that does other work at the same time the figure says nothing.
    /// </summary>
    [TestMethod]
    [DataRow(TestRedis.Garnet)]
    [DataRow(TestRedis.Redis)]
    public async Task Request_WithKeyOrToken_CostsLessThanTheBound(string product)
    {
        await using var database = await MigratedDatabase.CreateAsync(TestContext.CancellationToken);
        var redis = await TestRedis.GetAsync(product, TestContext.CancellationToken);
        await using var guarded = NewHost(database, redis, limits: true);
        await using var open = NewHost(database, redis, limits: false);

        // Over sockets: between a request and its answer a service changes threads anyway, and a test server doesn't.
        guarded.UseKestrel(0);
        open.UseKestrel(0);
        using var admin = await guarded.AdminAsync(TestContext.CancellationToken);
        var token = admin.DefaultRequestHeaders.Authorization!.Parameter!;
        var made = await (await admin.PostAsJsonAsync("/auth/api-keys", new { name = "measure" }, TestContext.CancellationToken))
            .Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken);
        var key = made.GetProperty("key").GetString()!;
        Series[] all =
        [
            new("neither credentials nor limits", open.ClientWith(null)),
            new("token", open.ClientWith(token)),
            new("key", open.ClientWith(key)),
            new("limits, per address", guarded.ClientWith(null)),
            new("limits and token", guarded.ClientWith(token)),
            new("limits and key", guarded.ClientWith(key)),
        ];
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < s_warmUp;)
        {
            await RoundAsync(all, 0, keep: false);
        }

        for (var round = 0; round < s_rounds; round++)
        {
            await RoundAsync(all, round, keep: true);
        }

        foreach (var series in all)
        {
            TestContext.WriteLine($"{product}: {series.Median:F3} ms, {series.Median - all[0].Median:F3} ms more than nothing: {series.Name}");
            Assert.IsTrue(series.Times.TrueForAll(time => time > 0));
            series.Client.Dispose();
        }

        // A request brings a token or a key; the bound holds for the sum of both checks and the limits that know the account.
        var limits = Math.Max(all[4].Median - all[1].Median, all[5].Median - all[2].Median);
        var together = limits + all[1].Median + all[2].Median - (2 * all[0].Median);
        TestContext.WriteLine($"{product}: limits, token check and key check together {together:F3} ms");
        if (s_inEarnest)
        {
            Assert.IsLessThan(s_bound.TotalMilliseconds, together);
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
            ["RateLimits:Policies:account:Permits"] = "1000000",
            ["RateLimits:Policies:api_key:Permits"] = "1000000",
        },
        MinimumLevel = LogLevel.Warning,
    };

    // Each round begins with another: whoever follows a call to Redis would pay for its cold caches.
    private async Task RoundAsync(Series[] all, int round, bool keep)
    {
        for (var index = 0; index < all.Length; index++)
        {
            await TimeAsync(all[(round + index) % all.Length], keep);
        }
    }

    private async Task TimeAsync(Series series, bool keep)
    {
        var started = Stopwatch.GetTimestamp();
        using var response = await series.Client.GetAsync("/.well-known/openid-configuration", TestContext.CancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        if (keep)
        {
            series.Times.Add(elapsed);
        }
    }

    private sealed record Series(string Name, HttpClient Client)
    {
        public List<double> Times { get; } = [];

        public double Median => Times.Order().ElementAt(Times.Count / 2);
    }
}
