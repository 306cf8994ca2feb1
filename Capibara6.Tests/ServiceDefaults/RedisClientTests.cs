using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;
using StackExchange.Redis;

namespace Capibara6.Tests.ServiceDefaults;

/// <summary>What the defaults make of Aspire's client of Redis.</summary>
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
        ActivityTraceId trace;
        await using (var host = await DefaultsHost.StartAsync(
            Token,
            builder =>
            {
                builder.AddRedisClient("cache");
                builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(recorder));
            },
            settings: ("ConnectionStrings:cache", redis.ConnectionString)))
        {
            var database = host.App.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
            using (var parent = s_source.StartActivity("work"))
            {
                trace = parent!.TraceId;
                await database.StringSetAsync(redis.Prefix + "a", "b", TimeSpan.FromMinutes(1));
                Assert.AreEqual("b", (string?)await database.StringGetAsync(redis.Prefix + "a"));
            }

            Assert.Contains("\"StackExchange.Redis\":{\"status\":\"Healthy\"", await host.Client.GetStringAsync("/health", Token));
        }

        // The instrumentation makes its spans every ten seconds, and of the rest when the service ends.
        var spans = recorder.Spans.Where(span => span.TraceId == trace && span.Kind == ActivityKind.Client).ToArray();
        Assert.HasCount(2, spans);
        Assert.IsTrue(spans.All(span => span.Source.Name == "OpenTelemetry.Instrumentation.StackExchangeRedis"));
        Assert.IsTrue(spans.Any(span => span.DisplayName.StartsWith("SET", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task Health_RedisAway_IsDegradedAndStillReadyWithinASecond()
    {
        await using var host = await DefaultsHost.StartAsync(
            Token, builder => builder.AddRedisClient("cache"), settings: ("ConnectionStrings:cache", Away));

        using var response = await host.Client.GetAsync("/health", Token);

        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        var report = await response.Content.ReadAsStringAsync(Token);
        Assert.Contains("\"status\":\"Degraded\"", report);
        using var json = JsonDocument.Parse(report);
        Assert.IsLessThan(1000, json.RootElement.GetProperty("checks").GetProperty("StackExchange.Redis").GetProperty("duration_ms").GetDouble());
    }

    [TestMethod]
    public void Options_SaidNowhere_WaitShortlyAndNeverAbort()
    {
        var options = OptionsFor("127.0.0.1:9");

        Assert.AreEqual(2000, options.ConnectTimeout);
        Assert.AreEqual(1, options.ConnectRetry);
        Assert.IsFalse(options.AbortOnConnectFail);
    }

    [TestMethod]
    public void Options_OfTheConnectionStringAndConfiguration_Win()
    {
        var options = OptionsFor(
            "127.0.0.1:9,connectTimeout=200,abortConnect=true", ("Aspire:StackExchange:Redis:ConfigurationOptions:ConnectRetry", "5"));

        Assert.AreEqual(200, options.ConnectTimeout);
        Assert.AreEqual(5, options.ConnectRetry);
        Assert.IsTrue(options.AbortOnConnectFail);
    }

    [TestMethod]
    public void Options_OfACloudsOwnServer_AreTheDrivers()
    {
        var options = OptionsFor("example.redis.cache.windows.net:6380");

        Assert.IsTrue(options.Ssl);
        Assert.AreEqual(5000, options.ConnectTimeout);
    }

    private static ConfigurationOptions OptionsFor(string connectionString, params (string Key, string? Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["ConnectionStrings:cache"] = connectionString;
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        builder.AddServiceDefaults();
        builder.AddRedisClient("cache");
        using var provider = builder.Services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<ConfigurationOptions>>().Value;
    }
}
