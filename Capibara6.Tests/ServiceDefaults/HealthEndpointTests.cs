using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Capibara6.Tests.ServiceDefaults;

[TestClass]
public sealed class HealthEndpointTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("Development")]
    [DataRow("Production")]
    public async Task Endpoints_NothingWrong_AnswerInEveryEnvironment(string environment)
    {
        await using var host = await DefaultsHost.StartAsync(Token, environment: environment);
        foreach (var path in new[] { "/alive", "/health" })
        {
            using var response = await host.Client.GetAsync(path, Token);
            Assert.AreEqual(HttpStatusCode.OK, response.StatusCode, path);
            Assert.AreEqual("application/json", response.Content.Headers.ContentType!.MediaType);
            Assert.IsTrue(response.Headers.CacheControl!.NoStore);
            using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
            Assert.AreEqual("Healthy", body.RootElement.GetProperty("status").GetString());
            Assert.AreEqual("Healthy", body.RootElement.GetProperty("checks").GetProperty("self").GetProperty("status").GetString());
        }

        using var head = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/health"), Token);
        Assert.AreEqual(HttpStatusCode.OK, head.StatusCode);
    }

    [TestMethod]
    public async Task Health_RequiredCheckFails_Is503WithoutTheExceptionsText()
    {
        await using var host = await DefaultsHost.StartAsync(Token, builder => builder.Services.AddHealthChecks()
            .AddCheck("database", () => throw new InvalidOperationException("Host=db;Password=hunter2")));

        using var response = await host.Client.GetAsync("/health", Token);

        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.DoesNotContain("hunter2", text);
        using var body = JsonDocument.Parse(text);
        Assert.AreEqual("Unhealthy", body.RootElement.GetProperty("checks").GetProperty("database").GetProperty("status").GetString());
        using var alive = await host.Client.GetAsync("/alive", Token);
        Assert.AreEqual(HttpStatusCode.OK, alive.StatusCode);
    }

    [TestMethod]
    public async Task Health_OptionalCheckFails_Is200AndDegraded()
    {
        await using var host = await DefaultsHost.StartAsync(Token, builder => builder.Services.AddHealthChecks()
            .AddCheck("cache", () => HealthCheckResult.Degraded("Not connected.")));

        using var response = await host.Client.GetAsync("/health", Token);

        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
        Assert.AreEqual("Degraded", body.RootElement.GetProperty("status").GetString());
        Assert.AreEqual("Not connected.", body.RootElement.GetProperty("checks").GetProperty("cache").GetProperty("description").GetString());
    }

    [TestMethod]
    public async Task Health_CheckThatBlocksItsThread_IsBoundedAndRunsOnce()
    {
        using var release = new ManualResetEventSlim();
        var runs = 0;
        await using var host = await DefaultsHost.StartAsync(
            Token,
            builder => builder.Services.AddHealthChecks().AddCheck("stuck", () =>
            {
                Interlocked.Increment(ref runs);
                release.Wait(Token);
                return HealthCheckResult.Healthy();
            }),
            settings: [("Health:CheckTimeout", "00:00:00.2"), ("Health:ReportLifetime", "00:00:00")]);
        try
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < 3; i++)
            {
                using var response = await host.Client.GetAsync("/health", Token);
                Assert.AreEqual(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            }

            Assert.IsLessThan(5, watch.Elapsed.TotalSeconds);
            Assert.AreEqual(1, Volatile.Read(ref runs));
        }
        finally
        {
            release.Set();
        }
    }

    [TestMethod]
    public async Task Health_ManyCallersWithinALifetime_ShareOneReport()
    {
        var runs = 0;
        await using var host = await DefaultsHost.StartAsync(
            Token,
            builder => builder.Services.AddHealthChecks().AddCheck("counted", () =>
            {
                Interlocked.Increment(ref runs);
                return HealthCheckResult.Healthy();
            }),
            settings: ("Health:ReportLifetime", "00:00:10"));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.Client.GetStringAsync("/health", Token)));

        Assert.AreEqual(1, runs);
    }

    [TestMethod]
    public async Task Start_SettingOutOfRange_NamesTheSetting()
    {
        var error = await Assert.ThrowsExactlyAsync<OptionsValidationException>(
            () => DefaultsHost.StartAsync(Token, settings: ("Health:CheckTimeout", "00:01:00")));
        Assert.Contains("CheckTimeout", error.Message);
    }
}
