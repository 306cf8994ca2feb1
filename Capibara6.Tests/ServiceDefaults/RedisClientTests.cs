using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Trace;
using StackExchange.Redis;

namespace Capibara6.Tests.ServiceDefaults;

[TestClass]
public sealed class RedisClientTests
{
    private const string Away = "127.0.0.1:9,connectTimeout=200";
    private static readonly ActivitySource s_source = new("Capibara6.Tests.Redis");

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Client_OnARealServer_IsHealthyAndItsCommandsAreSpans()
    {
        var redis = await TestRedis.GetAsync(Token);
        var recorder = new SpanRecorder();
        await using var host = await DefaultsHost.StartAsync(
            Token,
            builder =>
            {
                builder.AddRedisClient("cache");
                builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(recorder));
            },
            settings: ("ConnectionStrings:cache", redis.ConnectionString));
        var database = host.App.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        ActivityTraceId trace;
        using (var parent = s_source.StartActivity("work"))
        {
            trace = parent!.TraceId;
            await database.StringSetAsync(redis.Prefix + "a", "b", TimeSpan.FromMinutes(1));
            Assert.AreEqual("b", (string?)await database.StringGetAsync(redis.Prefix + "a"));
        }

        await Eventually.TrueAsync(
            () => recorder.Spans.Count(span => span.TraceId == trace && span.Kind == ActivityKind.Client) == 2,
            TimeSpan.FromSeconds(5),
            "two spans of two commands",
            Token);
        var set = recorder.Spans.First(span => span.TraceId == trace && span.DisplayName.StartsWith("SET", StringComparison.Ordinal));
        Assert.AreEqual("redis", set.GetTagItem("db.system.name"));
        Assert.IsGreaterThan(TimeSpan.Zero, set.Duration);
        Assert.Contains("\"StackExchange.Redis\":{\"status\":\"Healthy\"", await host.Client.GetStringAsync("/health", Token));
    }

    [TestMethod]
    public async Task Health_RedisAway_IsDegradedAndStillReady()
    {
        await using var host = await DefaultsHost.StartAsync(
            Token, builder => builder.AddRedisClient("cache"), settings: ("ConnectionStrings:cache", Away));

        using var response = await host.Client.GetAsync("/health", Token);

        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("\"status\":\"Degraded\"", await response.Content.ReadAsStringAsync(Token));
    }

    [TestMethod]
    public void Client_ToldToAbort_Throws()
    {
        var builder = NpgsqlClientTests.Builder([("ConnectionStrings:cache", Away + ",abortConnect=true")]);
        builder.AddRedisClient("cache", settings => settings.DisableTracing = true);
        using var host = builder.Build();

        Assert.ThrowsExactly<RedisConnectionException>(host.Services.GetRequiredService<IConnectionMultiplexer>);
    }

    [TestMethod]
    public void Client_NoConnectionString_SaysWhereItBelongs()
    {
        var builder = NpgsqlClientTests.Builder([]);
        builder.AddKeyedRedisClient("cache");
        using var host = builder.Build();

        var error = Assert.ThrowsExactly<InvalidOperationException>(
            () => host.Services.GetRequiredKeyedService<IConnectionMultiplexer>("cache"));

        Assert.Contains("'ConnectionStrings:cache'", error.Message);
        Assert.Contains("'Aspire:StackExchange:Redis:cache'", error.Message);
    }

    [TestMethod]
    public void Options_FromConfigurationThenCode_LaterWins()
    {
        var builder = NpgsqlClientTests.Builder(
        [
            ("ConnectionStrings:cache", Away + ",asyncTimeout=1000,syncTimeout=1000,keepAlive=11"),
            ("Aspire:StackExchange:Redis:ConfigurationOptions:AsyncTimeout", "2000"),
            ("Aspire:StackExchange:Redis:ConfigurationOptions:SyncTimeout", "2000"),
        ]);
        builder.AddRedisClient("cache", configureOptions: options => options.SyncTimeout = 3000);
        using var host = builder.Build();

        var options = host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptionsMonitor<ConfigurationOptions>>().CurrentValue;

        Assert.AreEqual(11, options.KeepAlive);
        Assert.AreEqual(2000, options.AsyncTimeout);
        Assert.AreEqual(3000, options.SyncTimeout);
        Assert.AreEqual(200, options.ConnectTimeout);
        Assert.IsFalse(options.AbortOnConnectFail);
    }
}
