using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Capibara6.ModelEmulator.Faults;

namespace Capibara6.Tests.GraphQL;

/// <summary>Every field through the real Core, to a real database and models over HTTP.</summary>
[TestClass]
public sealed class CoreTests
{
    private static GraphQLHost s_host = null!;
    private static HttpClient s_client = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_host = await GraphQLHost.StartAsync(context.CancellationToken);
        s_client = s_host.CreateClient();
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        s_client.Dispose();
        await s_host.DisposeAsync();
    }

    [TestMethod]
    public async Task Models_AskedAsTheOriginalSystemDid_AreAllThere()
    {
        var answer = await s_client.AskAsync("{ models { id name description } }", null, Token);

        string[] ids = [.. answer.GetProperty("data").GetProperty("models").EnumerateArray().Select(model => model.GetProperty("id").GetString()!)];
        CollectionAssert.AreEqual(new[] { "capibara6-20b", "capibara6-120b" }, ids);
    }

    [TestMethod]
    public async Task ProcessQuery_AskedAsTheOriginalSystemDid_Answers()
    {
        var answer = await s_client.AskAsync("""mutation { processQuery(input: {query: "test"}) { query result } }""", null, Token);

        var result = answer.GetProperty("data").GetProperty("processQuery");
        Assert.AreEqual("test", result.GetProperty("query").GetString());
        Assert.Contains("model emulator", result.GetProperty("result").GetString()!);
    }

    [TestMethod]
    public async Task ProcessQuery_AskedTwice_IsCompleteAndThenCached()
    {
        const string Question =
            """
            mutation Ask($input: ProcessQueryInput!) { processQuery(input: $input) {
              id query result modelUsed cached processingTimeMs timestamp
              routing { model20bConfidence model120bConfidence selectedModel reasoning complexity domain }
              ace { enhancedContext awarenessScore playbookUsed }
              e2b { executionSuccess output error executionTimeMs language attempts }
              usage { promptTokens completionTokens costUsd } } }
            """;
        var variables = new { input = new { query = "What is a monad — açaí?", context = new[] { new { name = "level", value = "beginner" } }, model = "capibara6-120b" } };

        var first = (await s_client.AskAsync(Question, variables, Token)).GetProperty("data").GetProperty("processQuery");
        var second = (await s_client.AskAsync(Question, variables, Token)).GetProperty("data").GetProperty("processQuery");

        Assert.AreEqual("What is a monad — açaí?", first.GetProperty("query").GetString());
        Assert.AreEqual("capibara6-120b", first.GetProperty("modelUsed").GetString());
        Assert.AreEqual("capibara6-120b", first.GetProperty("routing").GetProperty("selectedModel").GetString());
        Assert.IsFalse(first.GetProperty("cached").GetBoolean());
        Assert.IsGreaterThan(0, first.GetProperty("usage").GetProperty("completionTokens").GetInt32());
        Assert.IsTrue(first.GetProperty("id").TryGetGuid(out _));
        Assert.IsTrue(first.GetProperty("timestamp").TryGetDateTimeOffset(out _));
        Assert.IsTrue(second.GetProperty("cached").GetBoolean());
        Assert.AreEqual(first.GetProperty("result").GetString(), second.GetProperty("result").GetString());
    }

    [TestMethod]
    public async Task ProcessQuery_WithCodeToRun_IsCorrectedOnce()
    {
        const string Question =
            """
            mutation { processQuery(input: { query: "Write a JavaScript function for the average of some numbers", options: { execute: AUTO } }) {
              e2b { executionSuccess output error language attempts } } }
            """;

        var run = (await s_client.AskAsync(Question, null, Token)).GetProperty("data").GetProperty("processQuery").GetProperty("e2b");

        Assert.AreEqual("5 0\n", run.GetProperty("output").GetString());
        Assert.IsTrue(run.GetProperty("executionSuccess").GetBoolean());
        Assert.AreEqual(2, run.GetProperty("attempts").GetInt32());
    }

    [TestMethod]
    [DataRow("", "query_empty")]
    [DataRow("a\u0000b", "query_invalid_text")]
    public async Task ProcessQuery_TextThatCantBe_HasCoresCode(string query, string code)
    {
        var answer = await s_client.AskAsync(
            "mutation Ask($query: String!) { processQuery(input: {query: $query}) { id } }", new { query }, Token);

        Assert.AreEqual(code, GraphQLClient.CodeOf(answer));
    }

    [TestMethod]
    public async Task ProcessQuery_TooLong_HasCoresCode()
    {
        var answer = await s_client.AskAsync(
            "mutation Ask($query: String!) { processQuery(input: {query: $query}) { id } }", new { query = new string('x', 40_000) }, Token);

        Assert.AreEqual("query_too_long", GraphQLClient.CodeOf(answer));
    }

    [TestMethod]
    public async Task ProcessQuery_NoModelAnswers_HasCoresCode()
    {
        await using var host = await GraphQLHost.StartAsync(Token);
        host.Models.Faults.Set(new Fault { Kind = FaultKind.Status, Status = 500 });

        var answer = await host.CreateClient().AskAsync("""mutation { processQuery(input: {query: "anyone?"}) { id } }""", null, Token);

        Assert.AreEqual("model_unavailable", GraphQLClient.CodeOf(answer));
    }

    [TestMethod]
    public async Task Batch_AcceptedListedAndCancelled_IsSeenInEachState()
    {
        const string Accept =
            """mutation Accept($input: ProcessBatchInput!) { processBatch(input: $input) { id status priority total pending createdAt startedAt } }""";
        var input = new { queries = new object[] { new { query = "one", customId = "first" }, new { query = "two" } }, priority = "HIGH" };

        var accepted = (await s_client.AskAsync(Accept, new { input }, Token)).GetProperty("data").GetProperty("processBatch");
        var id = accepted.GetProperty("id").GetString()!;
        var seen = await s_client.AskAsync(
            "query See($id: ID!) { batch(id: $id) { id results { nodes { index } } } batches(first: 1) { nodes { id } } node(id: $id) { id __typename } }", new { id }, Token);
        var cancelled = await s_client.AskAsync("mutation Cancel($id: ID!) { cancelBatch(id: $id) { status cancelled } }", new { id }, Token);
        var again = await s_client.AskAsync("mutation Cancel($id: ID!) { cancelBatch(id: $id) { status } }", new { id }, Token);
        var results = await s_client.AskAsync(
            "query Results($id: ID!) { batch(id: $id) { results(first: 1) { edges { cursor node { index customId result { id } error { code } attempts } } pageInfo { hasNextPage endCursor } } } }",
            new { id },
            Token);

        Assert.AreEqual("QUEUED", accepted.GetProperty("status").GetString());
        Assert.AreEqual("HIGH", accepted.GetProperty("priority").GetString());
        Assert.AreEqual(2, accepted.GetProperty("pending").GetInt32());
        Assert.AreEqual(id, seen.GetProperty("data").GetProperty("batch").GetProperty("id").GetString());
        Assert.AreEqual(id, seen.GetProperty("data").GetProperty("batches").GetProperty("nodes")[0].GetProperty("id").GetString());
        Assert.AreEqual("Batch", seen.GetProperty("data").GetProperty("node").GetProperty("__typename").GetString());
        Assert.AreEqual("CANCELLED", cancelled.GetProperty("data").GetProperty("cancelBatch").GetProperty("status").GetString());
        Assert.AreEqual("batch_finished", GraphQLClient.CodeOf(again));
        var page = results.GetProperty("data").GetProperty("batch").GetProperty("results");
        var outcome = page.GetProperty("edges")[0].GetProperty("node");
        Assert.AreEqual(0, outcome.GetProperty("index").GetInt32());
        Assert.AreEqual("first", outcome.GetProperty("customId").GetString());
        Assert.AreEqual("job_cancelled", outcome.GetProperty("error").GetProperty("code").GetString());
        Assert.IsTrue(page.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean());
    }

    [TestMethod]
    [DataRow("[]", "batch_empty")]
    public async Task Batch_ThatCantBe_HasCoresCode(string queries, string code)
    {
        var answer = await s_client.AskAsync($"mutation {{ processBatch(input: {{queries: {queries}}}) {{ id }} }}", null, Token);

        Assert.AreEqual(code, GraphQLClient.CodeOf(answer));
    }

    [TestMethod]
    public async Task Batch_WithOptionsOfItsOwn_IsAcceptedOnceUnderItsKey()
    {
        const string Accept = "mutation Accept($input: ProcessBatchInput!) { processBatch(input: $input) { id deadline } }";
        var input = new
        {
            queries = new[] { new { query = "one", maxTokens = 10, temperature = 0.5, useCache = false } }, deadline = "2099-01-01T00:00:00Z", idempotencyKey = "once",
        };

        var first = (await s_client.AskAsync(Accept, new { input }, Token)).GetProperty("data").GetProperty("processBatch");
        var second = (await s_client.AskAsync(Accept, new { input }, Token)).GetProperty("data").GetProperty("processBatch");
        var other = await s_client.AskAsync(Accept, new { input = new { input.queries, input.idempotencyKey } }, Token);

        Assert.AreEqual("2099-01-01T00:00:00Z", first.GetProperty("deadline").GetString());
        Assert.AreEqual(first.GetProperty("id").GetString(), second.GetProperty("id").GetString());
        Assert.AreEqual("conflict", GraphQLClient.CodeOf(other), other.ToString());
    }

    [TestMethod]
    [DataRow("{queries: [{query: \"a\"}, {query: \"b\", maxTokens: 0}]}", "input.queries[1].maxTokens")]
    [DataRow("{queries: [{query: \"a\", temperature: 3}]}", "input.queries[0].temperature")]
    [DataRow("{queries: [{query: \"a\", customId: \"x\"}, {query: \"b\", customId: \"x\"}]}", "input.queries[1].customId")]
    [DataRow("{queries: [{query: \"a\"}], deadline: \"2000-01-01T00:00:00Z\"}", "input.deadline")]
    [DataRow("{queries: [{query: \"a\"}], idempotencyKey: \"\"}", "input.idempotencyKey")]
    public async Task Batch_WithAMistake_SaysWhereItIs(string input, string field)
    {
        var answer = await s_client.AskAsync($"mutation {{ processBatch(input: {input}) {{ id }} }}", null, Token);

        Assert.AreEqual(field, answer.GetProperty("errors")[0].GetProperty("extensions").GetProperty("field").GetString(), answer.ToString());
    }

    [TestMethod]
    public async Task Variables_WithAMistake_SayWhereItIs()
    {
        var answer = await s_client.AskAsync(
            "mutation Accept($input: ProcessBatchInput!) { processBatch(input: $input) { id } }",
            new { input = new { queries = new object[] { new { query = "a" }, new { query = "b", maxTokens = "many" } } } }, Token);

        Assert.AreEqual("input.queries[1].maxTokens", answer.GetProperty("errors")[0].GetProperty("extensions").GetProperty("field").GetString(), answer.ToString());
    }

    [TestMethod]
    public async Task Batch_OfNobody_IsNotFound()
    {
        var answer = await s_client.AskAsync("""{ batch(id: "0197a3c0-0000-7000-8000-0000000000ff") { id } }""", null, Token);

        Assert.AreEqual("batch_not_found", GraphQLClient.CodeOf(answer));
    }

    [TestMethod]
    public async Task Health_EverythingThere_IsReady()
    {
        using var response = await s_client.GetAsync("/health", Token);

        var report = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode, report.ToString());
        Assert.AreEqual("Healthy", report.GetProperty("checks").GetProperty("schema").GetProperty("status").GetString());
        Assert.AreEqual("Healthy", report.GetProperty("checks").GetProperty("StackExchange.Redis").GetProperty("status").GetString());
    }
}
