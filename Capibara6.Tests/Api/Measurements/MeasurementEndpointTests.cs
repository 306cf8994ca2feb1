using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Capibara6.Tests.Api.Measurements;

[TestClass]
public sealed class MeasurementEndpointTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow("from=yesterday", "from")]
    [DataRow("to=1", "to")]
    [DataRow("bucket=week", "bucket")]
    [DataRow("account_id=me", "account_id")]
    [DataRow("api_key_id=x", "api_key_id")]
    [DataRow("group_by=colour", "group_by")]
    [DataRow("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z&bucket=hour", "to")]
    [DataRow("from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z&bucket=minute", "bucket")]
    public async Task Parameter_ThatIsWrong_IsNamed(string query, string field)
    {
        await using var host = new EdgeHost();
        using var response = await host.CreateClient().GetAsync($"/api/v1/metrics?{query}", TestContext.CancellationToken);

        Assert.AreEqual(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.AreEqual(field, (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken)).GetProperty("field").GetString());
    }

    [TestMethod]
    public async Task Measurements_WithoutTheirDatabase_SaySo()
    {
        await using var host = new EdgeHost();
        using var response = await host.CreateClient().GetAsync("/api/v1/metrics", TestContext.CancellationToken);

        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.AreEqual("measurements_unavailable", (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken)).GetProperty("code").GetString());
    }
}
