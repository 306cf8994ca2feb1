using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Capibara6.Tests.GraphQL;

/// <summary>Several operations in one request, where the operator allows them.</summary>
[TestClass]
public sealed class BatchingTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Array_WhereItIsAllowed_IsAnsweredInItsOrder()
    {
        await using var host = GraphQLEdgeHost.Start(settings: ("GraphQL:MaxBatch", "3"));
        using var client = host.CreateClient();

        using var response = await client.PostAsJsonAsync("/graphql", new object[] { Query("{ models { id } }"), Query("{ nothing }"), Query("{ __typename }") }, Token);
        var answers = await response.Content.ReadFromJsonAsync<JsonElement>(Token);

        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        Assert.AreEqual(3, answers.GetArrayLength());
        Assert.IsGreaterThan(0, answers[0].GetProperty("data").GetProperty("models").GetArrayLength());
        Assert.AreEqual("invalid_request", GraphQLClient.CodeOf(answers[1]));
        Assert.AreEqual("Query", answers[2].GetProperty("data").GetProperty("__typename").GetString());
    }

    [TestMethod]
    [DataRow("0", 1)]
    [DataRow("2", 3)]
    [DataRow("2", 0)]
    public async Task Array_BeyondTheLimit_IsRefusedWhole(string max, int length)
    {
        await using var host = GraphQLEdgeHost.Start(settings: ("GraphQL:MaxBatch", max));
        using var client = host.CreateClient();

        using var response = await client.PostAsJsonAsync("/graphql", Enumerable.Repeat(Query("{ __typename }"), length), Token);

        Assert.AreEqual(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [TestMethod]
    public async Task Array_OfMoreThanTheAccountMay_IsRefusedBeforeAnyRuns()
    {
        await using var host = GraphQLEdgeHost.Start(
            settings: [("GraphQL:MaxBatch", "10"), ("RateLimits:Enabled", "true"), ("RateLimits:Policies:account:Permits", "5")]);
        var asked = 0;
        host.Pipeline.Execute = (_, _) =>
        {
            asked++;
            throw new InvalidOperationException();
        };
        using var client = host.CreateClient();

        using var response = await client.PostAsJsonAsync(
            "/graphql", Enumerable.Repeat(Query("""mutation { processQuery(input: {query: "q"}) { id } }"""), 8), Token);

        Assert.AreEqual(HttpStatusCode.TooManyRequests, response.StatusCode, await response.Content.ReadAsStringAsync(Token));
        Assert.AreEqual(0, asked);
    }

    [TestMethod]
    public async Task Subscription_InAnArray_IsNotOffered()
    {
        await using var host = GraphQLEdgeHost.Start(settings: ("GraphQL:MaxBatch", "2"));
        using var client = host.CreateClient();

        using var response = await client.PostAsJsonAsync(
            "/graphql", new[] { Query("""subscription { queryStream(input: {query: "q"}) { __typename } }"""), Query("{ __typename }") }, Token);
        var answers = await response.Content.ReadFromJsonAsync<JsonElement>(Token);

        Assert.Contains("WebSocket", answers[0].GetProperty("errors")[0].GetProperty("message").GetString()!);
        Assert.IsTrue(answers[1].TryGetProperty("data", out _));
    }

    private static object Query(string query) => new { query };
}
