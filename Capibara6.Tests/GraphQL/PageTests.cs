using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Capibara6.Tests.GraphQL;

/// <summary>Lists in pages, and what a page costs the database.</summary>
[TestClass]
public sealed class PageTests
{
    private const int Batches = 7;

    private static GraphQLHost s_host = null!;
    private static HttpClient s_client = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_host = await GraphQLHost.StartAsync(context.CancellationToken);
        s_client = s_host.CreateClient();
        for (var index = 0; index < Batches; index++)
        {
            var accepted = await s_client.AskAsync(
                """mutation { processBatch(input: {queries: [{query: "1"}, {query: "2"}, {query: "3"}]}) { id } }""", null, context.CancellationToken);
            var id = accepted.GetProperty("data").GetProperty("processBatch").GetProperty("id").GetString();
            await s_client.AskAsync("mutation C($id: ID!) { cancelBatch(id: $id) { id } }", new { id }, context.CancellationToken);
        }
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        s_client.Dispose();
        await s_host.DisposeAsync();
    }

    [TestMethod]
    public async Task Batches_PageByPage_AreAllThereOnceAndNewestFirst()
    {
        var seen = new List<string>();
        for (string? after = null; ;)
        {
            var answer = await s_client.AskAsync(
                "query P($after: String) { batches(first: 3, after: $after) { edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }",
                new { after }, Token);
            var page = answer.GetProperty("data").GetProperty("batches");
            var edges = page.GetProperty("edges").EnumerateArray().ToList();
            var info = page.GetProperty("pageInfo");
            seen.AddRange(edges.Select(edge => edge.GetProperty("node").GetProperty("id").GetString()!));
            Assert.AreEqual(after is not null, info.GetProperty("hasPreviousPage").GetBoolean());
            Assert.AreEqual(edges[0].GetProperty("cursor").GetString(), info.GetProperty("startCursor").GetString());
            Assert.AreEqual(edges[^1].GetProperty("cursor").GetString(), info.GetProperty("endCursor").GetString());
            if (!info.GetProperty("hasNextPage").GetBoolean())
            {
                break;
            }

            after = info.GetProperty("endCursor").GetString();
        }

        Assert.HasCount(Batches, seen);
        CollectionAssert.AreEqual(seen.Order(StringComparer.Ordinal).Reverse().ToList(), seen);
    }

    [TestMethod]
    [DataRow(Batches)]
    [DataRow(2)]
    public async Task Results_OfManyBatches_AreReadByOneStatement(int count)
    {
        var (answer, statements) = await CountStatementsAsync(
            $"{{ batches(first: {count}) {{ nodes {{ id results(first: 2) {{ nodes {{ index error {{ code }} }} pageInfo {{ hasNextPage }} }} }} }} }}");

        var batches = answer.GetProperty("data").GetProperty("batches").GetProperty("nodes");
        Assert.AreEqual(count, batches.GetArrayLength());
        foreach (var batch in batches.EnumerateArray())
        {
            var results = batch.GetProperty("results");
            Assert.AreEqual("0 1", string.Join(' ', results.GetProperty("nodes").EnumerateArray().Select(result => result.GetProperty("index").GetInt32())));
            Assert.IsTrue(results.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean());
        }

        Assert.AreEqual(2, statements, "one for the batches, one for all their results");
    }

    [TestMethod]
    public async Task Results_AfterACursor_GoOn()
    {
        var first = await s_client.AskAsync("{ batches(first: 1) { nodes { id results(first: 2) { pageInfo { endCursor } } } } }", null, Token);
        var batch = first.GetProperty("data").GetProperty("batches").GetProperty("nodes")[0];
        var variables = new
        {
            id = batch.GetProperty("id").GetString(),
            after = batch.GetProperty("results").GetProperty("pageInfo").GetProperty("endCursor").GetString(),
        };

        var next = await s_client.AskAsync(
            "query R($id: ID!, $after: String) { batch(id: $id) { results(after: $after) { nodes { index } pageInfo { hasNextPage hasPreviousPage } } } }", variables, Token);

        var results = next.GetProperty("data").GetProperty("batch").GetProperty("results");
        Assert.AreEqual(2, results.GetProperty("nodes")[0].GetProperty("index").GetInt32());
        Assert.AreEqual(1, results.GetProperty("nodes").GetArrayLength());
        Assert.IsFalse(results.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean());
        Assert.IsTrue(results.GetProperty("pageInfo").GetProperty("hasPreviousPage").GetBoolean());
    }

    [TestMethod]
    [DataRow("model", "capibara6-20b", "Model")]
    [DataRow("account", "0197a3c0-0000-7000-8000-0000000000aa", "Account")]
    [DataRow("nobody", "0197a3c0-0000-7000-8000-00000000ffff", null)]
    [DataRow("nonsense", "no id", null)]
    public async Task Node_OfAnId_IsWhatHasIt(string what, string id, string? type)
    {
        var answer = await s_client.AskAsync("query N($id: ID!) { node(id: $id) { __typename id } }", new { id }, Token);

        var node = answer.GetProperty("data").GetProperty("node");
        Assert.AreEqual(type, node.ValueKind == JsonValueKind.Null ? null : node.GetProperty("__typename").GetString(), what);
    }

    // The statements of one request, told apart from those of others by its trace.
    private async Task<(JsonElement Answer, int Statements)> CountStatementsAsync(string query)
    {
        var trace = ActivityTraceId.CreateRandom();
        var statements = new ConcurrentBag<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Npgsql" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == trace && activity.Source.Name == "Npgsql")
                {
                    statements.Add(activity.DisplayName);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/graphql") { Content = JsonContent.Create(new { query }) };
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        using var response = await s_client.SendAsync(request, Token);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Token), statements.Count);
    }
}
