using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Capibara6.Core;
using Microsoft.Extensions.Logging;

namespace Capibara6.Tests.Api.Health;

[TestClass]
public sealed class ReadinessTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Health_FollowsTheSchema()
    {
        await using var host = await ApiHost.StartEmptyAsync(TestContext.CancellationToken);
        var client = host.CreateClient();

        using var before = await client.GetAsync("/health", TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, before.StatusCode);

        await host.MigrateAsync(TestContext.CancellationToken);

        using var after = await client.GetAsync("/health", TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.OK, after.StatusCode, await after.Content.ReadAsStringAsync(TestContext.CancellationToken));
        var detailed = await client.GetFromJsonAsync<JsonElement>("/health/detailed", TestContext.CancellationToken);
        Assert.AreEqual("healthy", detailed.GetProperty("status").GetString(), detailed.ToString());
        Assert.AreEqual("healthy", detailed.GetProperty("parts").GetProperty("schema").GetProperty("status").GetString());
        Assert.AreNotEqual("", detailed.GetProperty("version").GetString());
        var versions = detailed.GetProperty("versions");
        Assert.IsGreaterThanOrEqualTo(15, Version.Parse(versions.GetProperty("postgresql").GetString()!).Major);
        Assert.Contains("_", versions.GetProperty("schema").GetString()!);
        Assert.IsNotNull(versions.GetProperty("redis").GetString());
    }

    [TestMethod]
    public async Task BackgroundWork_WithoutASchema_DoesNotEndTheService()
    {
        await using var host = await ApiHost.StartEmptyAsync(TestContext.CancellationToken);
        var client = host.CreateClient();

        await Eventually.TrueAsync(
            () => host.Log.Entries.Any(entry => entry.Message.StartsWith("Budget upkeep failed", StringComparison.Ordinal)),
            TimeSpan.FromSeconds(20), "the upkeep of budgets finds no table", TestContext.CancellationToken);

        using var alive = await client.GetAsync("/alive", TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.OK, alive.StatusCode);
        Assert.DoesNotContain(entry => entry.Level == LogLevel.Critical, host.Log.Entries);
    }

    [TestMethod]
    public async Task Database_Away_IsSaidAndQueriesGet503()
    {
        // The edge's host has connection strings that lead nowhere; here Core is the real one.
        await using var host = new EdgeHost { CoreIsScripted = false };
        var client = host.CreateClient();

        using var alive = await client.GetAsync("/alive", TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.OK, alive.StatusCode);
        using var health = await client.GetAsync("/health", TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        using var batches = await client.GetAsync("/api/v1/batch", TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, batches.StatusCode);
        var problem = await EdgeHost.ReadProblemAsync(batches, TestContext.CancellationToken);
        Assert.AreEqual(FailureCodes.DatabaseUnavailable, problem.GetProperty("code").GetString());
        using var detailed = JsonDocument.Parse(await client.GetStringAsync("/health/detailed", TestContext.CancellationToken));
        // Where the models are is what an administrator looks here for.
        foreach (var part in detailed.RootElement.GetProperty("parts").EnumerateObject().Where(static part => part.Name != "models"))
        {
            Assert.DoesNotContain("127.0.0.1", part.Value.GetRawText(), part.Name);
        }
    }
}
