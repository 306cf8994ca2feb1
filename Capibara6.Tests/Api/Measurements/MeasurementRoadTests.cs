using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Capibara6.Core.Measurements;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Tests.Api.Measurements;

/// <summary>Queries over HTTP, and what <c>/api/v1/metrics</c> says of them.</summary>
[TestClass]
public sealed class MeasurementRoadTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Metrics_AfterQueries_SayWhatWasAsked()
    {
        var token = TestContext.CancellationToken;
        await using var metrics = await TestDatabases.CreateAsync(token);
        await using var host = await ApiHost.StartAsync(token, ("ConnectionStrings:metrics", metrics.ConnectionString), ("Usage:FlushInterval", "00:00:00.02"));
        using var client = host.CreateClient();
        for (var i = 0; i < 5; i++)
        {
            // The last is asked twice, and found the second time.
            using var response = await client.PostAsJsonAsync(
                "/api/v1/query", new { query = $"question {Math.Min(i, 3)} of {metrics.Name}", model = "capibara6-20b" }, token);
            Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        }

        using var refused = await client.PostAsJsonAsync("/api/v1/query", new { query = "x", model = "unheard-of" }, token);
        Assert.AreEqual(HttpStatusCode.NotFound, refused.StatusCode);

        var keeper = host.Services.GetRequiredService<IMeasurementKeeper>();
        JsonElement report = default;
        await Eventually.TrueAsync(
            async () =>
            {
                await keeper.FeedAsync(token);
                report = await client.GetFromJsonAsync<JsonElement>("/api/v1/metrics?bucket=hour&group_by=model", token);
                return report.GetProperty("summary").GetProperty("requests").GetInt64() >= 5;
            },
            TimeSpan.FromSeconds(20), () => report.ToString(), token);

        var summary = report.GetProperty("summary");
        Assert.AreEqual(5, summary.GetProperty("requests").GetInt64() - summary.GetProperty("errors").GetInt64());
        Assert.AreEqual(1d / summary.GetProperty("requests").GetInt64(), summary.GetProperty("cache_hit_share").GetDouble(), 0.0001);
        Assert.IsGreaterThan(0, summary.GetProperty("prompt_tokens").GetInt64());
        Assert.IsGreaterThan(0, summary.GetProperty("completion_tokens").GetInt64());
        Assert.IsGreaterThan(0m, summary.GetProperty("cost_usd").GetDecimal());
        var (p50, p95) = (summary.GetProperty("latency_p50_ms").GetDouble(), summary.GetProperty("latency_p95_ms").GetDouble());
        Assert.IsTrue(p50 > 0 && p95 >= p50, $"{p50} {p95}");
        Assert.AreEqual(
            summary.GetProperty("requests").GetInt64(),
            report.GetProperty("series").EnumerateArray().Sum(point => point.GetProperty("totals").GetProperty("requests").GetInt64()));
        Assert.Contains("capibara6-20b", report.GetProperty("groups").EnumerateArray().Select(group => group.GetProperty("name").GetString()!).ToArray());

        var none = await client.GetFromJsonAsync<JsonElement>("/api/v1/metrics?model=capibara6-120b", token);
        Assert.AreEqual(0, none.GetProperty("summary").GetProperty("requests").GetInt64());
        Assert.AreEqual(JsonValueKind.Null, none.GetProperty("summary").GetProperty("latency_p50_ms").ValueKind);
    }
}
