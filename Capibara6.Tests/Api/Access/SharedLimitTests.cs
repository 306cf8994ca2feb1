using System.Net;

namespace Capibara6.Tests.Api.Access;

/// <summary>One limit over three replicas, as a client sees it.</summary>
[TestClass]
public sealed class SharedLimitTests
{
    private static TestDatabase s_database = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancellation => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => s_database = await MigratedDatabase.CreateAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await s_database.DisposeAsync();

    [TestMethod]
    [DataRow(TestRedis.Garnet)]
    [DataRow(TestRedis.Redis)]
    public async Task Requests_300InParallelOverThreeReplicas_Exactly100Pass(string product)
    {
        var redis = await TestRedis.GetAsync(product, Cancellation);
        await using var one = NewHost(redis);
        await using var two = NewHost(redis);
        await using var three = NewHost(redis);
        HttpClient[] clients = [one.CreateClient(), two.CreateClient(), three.CreateClient()];
        var answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(index => Task.Run(
            () => AccessHost.StatusAsync(clients[index % 3], "/.well-known/openid-configuration", Cancellation), Cancellation)));

        Assert.AreEqual(100, answers.Count(status => status == HttpStatusCode.OK));
        Assert.AreEqual(200, answers.Count(status => status == HttpStatusCode.TooManyRequests));
        foreach (var client in clients)
        {
            client.Dispose();
        }
    }

    private static AccessHost NewHost(TestRedis redis) => new()
    {
        Database = s_database.ConnectionString,
        Redis = redis.ConnectionString,
        MinimumLevel = Microsoft.Extensions.Logging.LogLevel.Warning,
        Settings =
        {
            ["RateLimits:KeyPrefix"] = redis.Prefix,
            ["RateLimits:RedisTimeout"] = "00:00:10",
            ["RateLimits:Policies:ip:Permits"] = "100",
            ["RateLimits:Policies:ip:Refills"] = "1",
        },
    };
}
