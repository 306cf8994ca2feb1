using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Capibara6.Tests.Api.Queries;

/// <summary>A query's whole way: HTTP, pipeline, model over the OpenAI protocol, PostgreSQL, Redis.</summary>
[TestClass]
public sealed class QueryRoadTests
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
    public async Task Query_AskedTwice_IsAnsweredAndThenCached()
    {
        var first = await AskAsync("How to create a Python function?");
        var second = await AskAsync("How to create a Python function?");

        Assert.IsFalse(first.GetProperty("cached").GetBoolean());
        Assert.IsTrue(second.GetProperty("cached").GetBoolean());
        Assert.AreNotEqual("", first.GetProperty("result").GetString());
        Assert.AreEqual(first.GetProperty("result").GetString(), second.GetProperty("result").GetString());
        Assert.StartsWith("capibara6-", first.GetProperty("model_used").GetString());
        Assert.IsGreaterThan(0, first.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.AreEqual(0, second.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.AreNotEqual("", first.GetProperty("routing").GetProperty("reasoning").GetString());
    }

    [TestMethod]
    public async Task Cache_Cleared_ForgetsAnswers()
    {
        await AskAsync("What is forgotten?");

        using var cleared = await s_client.DeleteAsync("/api/v1/cache", TestContext.CancellationToken);

        Assert.AreEqual(HttpStatusCode.NoContent, cleared.StatusCode);
        Assert.IsFalse((await AskAsync("What is forgotten?")).GetProperty("cached").GetBoolean());
    }

    [TestMethod]
    [DataRow(40_000, "x", HttpStatusCode.RequestEntityTooLarge, "query_too_long", DisplayName = "40,000 characters")]
    [DataRow(1, "a\0b", HttpStatusCode.BadRequest, "query_invalid_text", DisplayName = "NUL")]
    [DataRow(0, "", HttpStatusCode.BadRequest, "query_empty", DisplayName = "empty")]
    [DataRow(1, " \t", HttpStatusCode.BadRequest, "query_empty", DisplayName = "white space")]
    public async Task Query_ThatCoreRefuses_SaysWhichField(int count, string piece, HttpStatusCode status, string code)
    {
        var query = string.Concat(Enumerable.Repeat(piece, count));

        using var response = await s_client.PostAsJsonAsync("/api/v1/query", new { query }, TestContext.CancellationToken);

        Assert.AreEqual(status, response.StatusCode);
        var problem = await EdgeHost.ReadProblemAsync(response, TestContext.CancellationToken);
        Assert.AreEqual(code, problem.GetProperty("code").GetString());
        Assert.AreEqual("query", problem.GetProperty("field").GetString());
    }

    [TestMethod]
    [DataRow("""{"query":"x","model":"gpt-9"}""", HttpStatusCode.NotFound, "model_not_found", "model")]
    [DataRow("""{"query":"x","max_tokens":0}""", HttpStatusCode.BadRequest, "invalid_request", "max_tokens")]
    [DataRow("""{"query":"x","temperature":1e38}""", HttpStatusCode.BadRequest, "invalid_request", "temperature")]
    [DataRow("""{"query":"x","temperature":1e999}""", HttpStatusCode.BadRequest, "invalid_request", "temperature")]
    [DataRow("""{"query":"x","options":{"execute":"sometimes"}}""", HttpStatusCode.BadRequest, "invalid_value", "options.execute")]
    [DataRow("""{"query":"x","context":{"a":"\u0000"}}""", HttpStatusCode.BadRequest, "query_invalid_text", "context")]
    public async Task Query_WithAWrongSetting_SaysWhichField(string body, HttpStatusCode status, string code, string field)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var response = await s_client.PostAsync("/api/v1/query", content, TestContext.CancellationToken);

        Assert.AreEqual(status, response.StatusCode);
        var problem = await EdgeHost.ReadProblemAsync(response, TestContext.CancellationToken);
        Assert.AreEqual(code, problem.GetProperty("code").GetString());
        Assert.AreEqual(field, problem.GetProperty("field").GetString());
    }

    [TestMethod]
    public async Task Stream_Tokens_AreTheAnswer()
    {
        using var response = await s_client.PostAsJsonAsync("/api/v1/query/stream", new { query = "Stream me something." }, TestContext.CancellationToken);
        var events = await response.ReadEventsAsync(TestContext.CancellationToken);

        Assert.AreEqual("routing", events[0].EventType);
        Assert.AreEqual("done", events[^1].EventType);
        var tokens = events.Where(item => item.EventType == "token").Select(item => JsonElement.Parse(item.Data).GetProperty("text").GetString());
        Assert.AreEqual(JsonElement.Parse(events[^1].Data).GetProperty("result").GetString(), string.Concat(tokens));
    }

    [TestMethod]
    public async Task Query_WithCodeToRun_IsCorrectedOnce()
    {
        var body = new { query = "Write a JavaScript function for the average of some numbers", options = new { execute = "auto" } };

        using var response = await s_client.PostAsJsonAsync("/api/v1/query", body, TestContext.CancellationToken);

        var run = (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken)).GetProperty("e2b");
        Assert.AreEqual("5 0\n", run.GetProperty("output").GetString());
        Assert.IsTrue(run.GetProperty("execution_success").GetBoolean());
        Assert.AreEqual(JsonValueKind.Null, run.GetProperty("error").ValueKind);
        Assert.AreEqual("javascript", run.GetProperty("language").GetString());
        Assert.AreEqual(2, run.GetProperty("attempts").GetInt32());
        Assert.IsGreaterThan(0d, run.GetProperty("execution_time_ms").GetDouble());
    }

    [TestMethod]
    public async Task Stream_WithCodeToRun_TellsEachRun()
    {
        var body = new { query = "Write a JavaScript function for the average of three numbers", options = new { execute = "always" } };
        using var response = await s_client.PostAsJsonAsync("/api/v1/query/stream", body, TestContext.CancellationToken);
        var runs = (await response.ReadEventsAsync(TestContext.CancellationToken)).Where(item => item.EventType == "execution").Select(item => JsonElement.Parse(item.Data)).ToList();

        CollectionAssert.AreEqual(new[] { false, true }, runs.Select(run => run.GetProperty("execution_success").GetBoolean()).ToArray());
    }

    [TestMethod]
    public async Task Chat_WithHistory_IsAnswered()
    {
        var body = new { model = "capibara6-20b", messages = new[] { new { role = "system", content = "Be brief." }, new { role = "user", content = "Hello!" } } };

        using var response = await s_client.PostAsJsonAsync("/v1/chat/completions", body, TestContext.CancellationToken);

        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        var completion = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken);
        Assert.AreEqual("capibara6-20b", completion.GetProperty("model").GetString());
        Assert.AreNotEqual("", completion.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [TestMethod]
    public async Task Models_Listed_AreTheTwoOfTheCatalogue()
    {
        var list = await s_client.GetFromJsonAsync<JsonElement>("/api/v1/models", TestContext.CancellationToken);

        CollectionAssert.AreEqual(
            new[] { "capibara6-20b", "capibara6-120b" },
            list.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("id").GetString()).ToArray());
        var model = await s_client.GetFromJsonAsync<JsonElement>("/api/v1/models/CAPIBARA6-20B", TestContext.CancellationToken);
        Assert.AreEqual("capibara6-20b", model.GetProperty("id").GetString());
    }

    private async Task<JsonElement> AskAsync(string query)
    {
        using var response = await s_client.PostAsJsonAsync("/api/v1/query", new { query }, TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode, string.Join('\n', s_host.Log.Entries.Where(entry => entry.Level > Microsoft.Extensions.Logging.LogLevel.Information)));
        return await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken);
    }
}
