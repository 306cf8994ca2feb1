using System.Net;
using System.Text;

namespace Capibara6.Tests.Api.Json;

/// <summary>A body that doesn't fit is told what doesn't, and reaches nothing behind the edge.</summary>
[TestClass]
public sealed class BadBodyTests
{
    private static EdgeHost s_host = null!;
    private static HttpClient s_client = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static void Start(TestContext context)
    {
        s_host = new EdgeHost();
        s_client = s_host.CreateClient();
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        s_client.Dispose();
        await s_host.DisposeAsync();
    }

    [TestMethod]
    [DataRow("", "body_missing", null, DisplayName = "no body")]
    [DataRow("  \n", "body_missing", null, DisplayName = "white space")]
    [DataRow("{\"query\":", "malformed_json", null, DisplayName = "cut off")]
    [DataRow("{'query':'x'}", "malformed_json", null, DisplayName = "single quotes")]
    [DataRow("{\"query\":\"x\",}", "malformed_json", null, DisplayName = "trailing comma")]
    [DataRow("{\"query\":\"x\"} // hi", "malformed_json", null, DisplayName = "comment")]
    [DataRow("{\"query\":\"x\"}{\"query\":\"y\"}", "malformed_json", null, DisplayName = "two bodies")]
    [DataRow("{\"query\":\"x\"} trailing", "malformed_json", null, DisplayName = "trailing garbage")]
    [DataRow("{\"query\":NaN}", "malformed_json", null, DisplayName = "NaN")]
    [DataRow("null", "invalid_type", null, DisplayName = "null body")]
    [DataRow("[]", "invalid_type", null, DisplayName = "array body")]
    [DataRow("\"query\"", "invalid_type", null, DisplayName = "string body")]
    [DataRow("{}", "missing_field", "query", DisplayName = "query missing")]
    [DataRow("{\"query\":null}", "invalid_type", "query", DisplayName = "query null")]
    [DataRow("{\"query\":7}", "invalid_type", "query", DisplayName = "query a number")]
    [DataRow("{\"query\":[\"x\"]}", "invalid_type", "query", DisplayName = "query an array")]
    [DataRow("{\"query\":\"x\",\"querry\":1}", "unknown_field", "querry", DisplayName = "unknown field")]
    [DataRow("{\"Query\":\"x\"}", "unknown_field", "Query", DisplayName = "wrong case")]
    [DataRow("{\"query\":\"x\",\"query\":\"y\"}", "duplicate_field", "query", DisplayName = "field twice")]
    [DataRow("{\"query\":\"x\",\"context\":{\"a\":\"1\",\"a\":\"2\"}}", "duplicate_field", "context.a", DisplayName = "key twice in a map")]
    [DataRow("{\"query\":\"x\",\"context\":\"y\"}", "invalid_type", "context", DisplayName = "map a string")]
    [DataRow("{\"query\":\"x\",\"context\":{\"a\":1}}", "invalid_type", "context.a", DisplayName = "map of numbers")]
    [DataRow("{\"query\":\"x\",\"context\":{\"a\":null}}", "invalid_type", "context.a", DisplayName = "map of null")]
    [DataRow("{\"query\":\"x\",\"max_tokens\":1e400}", "invalid_type", "max_tokens", DisplayName = "huge number")]
    [DataRow("{\"query\":\"x\",\"max_tokens\":99999999999}", "invalid_type", "max_tokens", DisplayName = "number over 32 bits")]
    [DataRow("{\"query\":\"x\",\"max_tokens\":1.5}", "invalid_type", "max_tokens", DisplayName = "fraction")]
    [DataRow("{\"query\":\"x\",\"max_tokens\":\"5\"}", "invalid_type", "max_tokens", DisplayName = "number in quotes")]
    [DataRow("{\"query\":\"x\",\"use_cache\":\"true\"}", "invalid_type", "use_cache", DisplayName = "boolean in quotes")]
    [DataRow("{\"query\":\"\\ud800\"}", "invalid_text", "query", DisplayName = "high surrogate alone")]
    [DataRow("{\"query\":\"x \\udc00 y\"}", "invalid_text", "query", DisplayName = "low surrogate alone")]
    [DataRow("{\"query\":\"x\",\"context\":{\"\\ud800\":\"y\"}}", "invalid_text", "context", DisplayName = "surrogate in a key")]
    public async Task Query_BadBody_Gives400AndSaysWhere(string body, string code, string? field)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        await AssertRefusedAsync("/api/v1/query", content, HttpStatusCode.BadRequest, code, field);
    }

    [TestMethod]
    [DataRow("{\"queries\":\"x\"}", "invalid_type", "queries", DisplayName = "not a list")]
    [DataRow("{\"queries\":[\"x\",7]}", "invalid_type", "queries[1]", DisplayName = "number in the list")]
    [DataRow("{\"queries\":[\"x\",null]}", "invalid_type", "queries[1]", DisplayName = "null in the list")]
    [DataRow("{\"queries\":[{\"query\":\"x\",\"modell\":\"y\"}]}", "unknown_field", "queries[0].modell", DisplayName = "unknown field of an item")]
    [DataRow("{\"queries\":[{\"custom_id\":\"x\"}]}", "missing_field", "queries[0].query", DisplayName = "item without query")]
    [DataRow("{\"queries\":[\"x\"],\"priority\":\"urgent\"}", "invalid_value", "priority", DisplayName = "unknown priority")]
    [DataRow("{\"queries\":[\"x\"],\"priority\":2}", "invalid_value", "priority", DisplayName = "priority a number")]
    public async Task Batch_BadBody_Gives400AndSaysWhere(string body, string code, string field)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        await AssertRefusedAsync("/api/v1/batch", content, HttpStatusCode.BadRequest, code, field);
        Assert.IsNull(s_host.Batches.Accepted);
    }

    [TestMethod]
    [DataRow("{\"queries\":[\"x\",7]}", "'queries[1]' must be a string or an object.")]
    [DataRow("{\"queries\":[{\"query\":7}]}", "'queries[0].query' must be a string.")]
    public async Task Batch_BadItem_SaysWhatWouldDo(string body, string detail)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await s_client.PostAsync("/api/v1/batch", content, TestContext.CancellationToken);
        Assert.AreEqual(detail, (await EdgeHost.ReadProblemAsync(response, TestContext.CancellationToken)).GetProperty("detail").GetString());
    }

    [TestMethod]
    public async Task Query_DeepNesting_Gives400()
    {
        using var content = new StringContent($"{{\"query\":{new string('[', 5_000)}{new string(']', 5_000)}}}", Encoding.UTF8, "application/json");
        await AssertRefusedAsync("/api/v1/query", content, HttpStatusCode.BadRequest, "nested_too_deep", null);
    }

    [TestMethod]
    public async Task Query_InvalidUtf8_Gives400()
    {
        using var content = new ByteArrayContent([.. "{\"query\":\""u8, 0xC3, 0x28, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");
        await AssertRefusedAsync("/api/v1/query", content, HttpStatusCode.BadRequest, "invalid_text", "query");
    }

    [TestMethod]
    [DataRow("text/plain")]
    [DataRow("application/x-www-form-urlencoded")]
    [DataRow("application/json; charset=utf-16")]
    [DataRow("application/json; charset=iso-8859-1")]
    [DataRow("multipart/form-data; boundary=x")]
    [DataRow(null)]
    public async Task Query_OtherContentType_Gives415(string? contentType)
    {
        using var content = new ByteArrayContent("{\"query\":\"x\"}"u8.ToArray());
        if (contentType is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        await AssertRefusedAsync("/api/v1/query", content, HttpStatusCode.UnsupportedMediaType, "unsupported_media_type", null);
    }

    [TestMethod]
    public async Task Query_CompressedBody_Gives415()
    {
        using var content = new ByteArrayContent([0x1f, 0x8b, 8, 0]);
        content.Headers.ContentType = new("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        await AssertRefusedAsync("/api/v1/query", content, HttpStatusCode.UnsupportedMediaType, "unsupported_media_type", null);
    }

    [TestMethod]
    [DataRow(false, DisplayName = "with a length")]
    [DataRow(true, DisplayName = "in chunks")]
    public async Task Query_FiveMebibytes_Gives413(bool chunked)
    {
        using var content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes($"{{\"query\":\"{new string('x', 5 << 20)}\"}}")));
        content.Headers.ContentType = new("application/json");
        content.Headers.ContentLength = chunked ? null : content.Headers.ContentLength;
        await AssertRefusedAsync("/api/v1/query", content, HttpStatusCode.RequestEntityTooLarge, "request_too_large", null);
    }

    [TestMethod]
    [DataRow("GET", "/api/v1/query", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [DataRow("PUT", "/api/v1/query", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [DataRow("PATCH", "/api/v1/batch/0197a3c0-0000-7000-8000-000000000002", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [DataRow("GET", "/api/v1/nothing", HttpStatusCode.NotFound, "not_found")]
    [DataRow("GET", "/api/v1/models/none", HttpStatusCode.NotFound, "model_not_found")]
    [DataRow("GET", "/api/v1/batch/not-an-id", HttpStatusCode.NotFound, "batch_not_found")]
    [DataRow("GET", "/api/v1/batch/not-an-id/events", HttpStatusCode.NotFound, "batch_not_found")]
    [DataRow("GET", "/api/v1/batch/not-an-id/results", HttpStatusCode.NotFound, "batch_not_found")]
    [DataRow("DELETE", "/api/v1/batch/not-an-id", HttpStatusCode.NotFound, "batch_not_found")]
    [DataRow("GET", "/api/v1/batch?limit=0", HttpStatusCode.BadRequest, "invalid_value")]
    [DataRow("GET", "/api/v1/batch?limit=x", HttpStatusCode.BadRequest, "invalid_value")]
    [DataRow("GET", "/api/v1/batch?before=x", HttpStatusCode.BadRequest, "invalid_value")]
    public async Task Address_ThatTakesNoSuchCall_GivesAProblem(string method, string path, HttpStatusCode status, string code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await s_client.SendAsync(request, TestContext.CancellationToken);
        Assert.AreEqual(status, response.StatusCode);
        var problem = await EdgeHost.ReadProblemAsync(response, TestContext.CancellationToken);
        Assert.AreEqual(code, problem.GetProperty("code").GetString());
    }

    [TestMethod]
    public async Task Query_WrongMethod_NamesTheRightOne()
    {
        using var response = await s_client.GetAsync("/api/v1/query", TestContext.CancellationToken);
        CollectionAssert.AreEqual(new[] { "POST" }, response.Content.Headers.Allow.ToArray());
    }

    [TestMethod]
    [DataRow("{\"query\":\"x\"}", "application/json; charset=\"UTF-8\"")]
    [DataRow("\uFEFF{\"query\":\"x\"}", "application/json")]
    [DataRow(" {\"query\" : \"x\" }\r\n", "application/vnd.capibara6+json")]
    public async Task Query_UnusualButValid_IsTaken(string body, string contentType)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var response = await s_client.PostAsync("/api/v1/query", content, TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
    }

    private async Task AssertRefusedAsync(string path, HttpContent content, HttpStatusCode status, string code, string? field)
    {
        var asked = s_host.Pipeline.Requests.Count;
        using var response = await s_client.PostAsync(path, content, TestContext.CancellationToken);
        var problem = await EdgeHost.ReadProblemAsync(response, TestContext.CancellationToken);
        Assert.AreEqual(code, problem.GetProperty("code").GetString(), problem.ToString());
        Assert.AreEqual(status, response.StatusCode);
        Assert.AreEqual(field, problem.TryGetProperty("field", out var given) ? given.GetString() : null, problem.ToString());
        Assert.AreEqual(asked, s_host.Pipeline.Requests.Count, "a refused body must not reach the pipeline");
        Assert.DoesNotContain("System.", problem.ToString());
    }
}
