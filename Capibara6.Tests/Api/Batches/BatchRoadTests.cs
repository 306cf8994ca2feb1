using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Capibara6.Tests.Api.Batches;

/// <summary>A batch over HTTP into PostgreSQL and back; the worker's part has tests of its own.</summary>
[TestClass]
public sealed class BatchRoadTests
{
    private static ApiHost s_host = null!;
    private static HttpClient s_client = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_host = await ApiHost.StartAsync(context.CancellationToken);
        s_client = s_host.CreateClient();
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        s_client.Dispose();
        await s_host.DisposeAsync();
    }

    [TestMethod]
    public async Task Batch_Accepted_IsFoundListedAndCancelled()
    {
        using var accepted = await PostAsync(new { queries = new object[] { "a", new { query = "b", custom_id = "second" } }, priority = "low" });
        Assert.AreEqual(HttpStatusCode.Accepted, accepted.StatusCode);
        var address = accepted.Headers.Location!;

        var found = await s_client.GetFromJsonAsync<JsonElement>(address, TestContext.CancellationToken);
        Assert.AreEqual(2, found.GetProperty("total").GetInt32());
        Assert.AreEqual(2, found.GetProperty("pending").GetInt32());
        Assert.AreEqual("low", found.GetProperty("priority").GetString());

        var id = found.GetProperty("id").GetString();
        var list = await s_client.GetFromJsonAsync<JsonElement>("/api/v1/batch", TestContext.CancellationToken);
        Assert.Contains(batch => batch.GetProperty("id").GetString() == id, list.GetProperty("batches").EnumerateArray().ToArray());

        using var cancelled = await s_client.DeleteAsync(address, TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.OK, cancelled.StatusCode);
        var after = await cancelled.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken);
        Assert.AreEqual("cancelled", after.GetProperty("status").GetString());

        using var again = await s_client.DeleteAsync(address, TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.Conflict, again.StatusCode);
        using var results = await s_client.GetAsync($"{address}/results", TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.OK, results.StatusCode);
    }

    [TestMethod]
    public async Task Batch_OfTenThousand_IsAcceptedAndOneMoreIsNot()
    {
        using var most = await PostAsync(new { queries = Enumerable.Repeat("What?", 10_000) });
        using var tooMany = await PostAsync(new { queries = Enumerable.Repeat("What?", 10_001) });

        Assert.AreEqual(HttpStatusCode.Accepted, most.StatusCode);
        Assert.AreEqual(HttpStatusCode.RequestEntityTooLarge, tooMany.StatusCode);
        Assert.AreEqual("batch_too_large", (await EdgeHost.ReadProblemAsync(tooMany, TestContext.CancellationToken)).GetProperty("code").GetString());
    }

    [TestMethod]
    public async Task Batch_WithOneBadQuery_IsRefusedWholeAndSaysWhich()
    {
        using var response = await PostAsync(new { queries = new[] { "fine", "a\0b" } });

        Assert.AreEqual(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await EdgeHost.ReadProblemAsync(response, TestContext.CancellationToken);
        Assert.AreEqual("query_invalid_text", problem.GetProperty("code").GetString());
        Assert.StartsWith("queries[1]", problem.GetProperty("field").GetString());
    }

    [TestMethod]
    public async Task Batch_Empty_IsRefused()
    {
        using var response = await PostAsync(new { queries = Array.Empty<string>() });

        Assert.AreEqual(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.AreEqual("batch_empty", (await EdgeHost.ReadProblemAsync(response, TestContext.CancellationToken)).GetProperty("code").GetString());
    }

    [TestMethod]
    public async Task Batch_OfNobody_Is404()
    {
        using var response = await s_client.GetAsync("/api/v1/batch/0197a3c0-0000-7000-8000-00000000dead", TestContext.CancellationToken);

        Assert.AreEqual(HttpStatusCode.NotFound, response.StatusCode);
        Assert.AreEqual("batch_not_found", (await EdgeHost.ReadProblemAsync(response, TestContext.CancellationToken)).GetProperty("code").GetString());
    }

    private Task<HttpResponseMessage> PostAsync(object body) =>
        s_client.PostAsJsonAsync("/api/v1/batch", body, TestContext.CancellationToken);
}
