using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Capibara6.Core.Identity;

namespace Capibara6.Tests.GraphQL;

/// <summary>An operation counts by what it does, however it is written.</summary>
[TestClass]
public sealed class OperationLimitTests
{
    private const string Call = "processQuery(input: {query: \"x\"}) { id }";
    private const string Accept = "processBatch(input: {queries: [{query: \"x\"}]}) { id }";

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("mutation { {0} }", Call, 6)]
    [DataRow("mutation { ...F ... on Mutation { last: processQuery(input: {query: \"y\"}) { id } } } fragment F on Mutation { {0} }", Call, 5)]
    [DataRow("mutation { {0} }", Accept, 3)]
    public async Task Aliases_OfMoreThanTheLimit_AreRefusedBeforeAnyRuns(string document, string field, int count)
    {
        await using var host = Start();
        using var client = host.CreateClient();

        using var response = await client.SendQueryAsync(document.Replace("{0}", Aliases(count, field), StringComparison.Ordinal), null, Token);

        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.AreEqual(HttpStatusCode.TooManyRequests, response.StatusCode, answer.ToString());
        Assert.AreEqual("rate_limited", GraphQLClient.CodeOf(answer));
        Assert.IsFalse(answer.TryGetProperty("data", out _));
        Assert.IsEmpty(host.Pipeline.Requests);
    }

    [TestMethod]
    public async Task ModelCalls_UnderAliases_DrawOneEachAndSayWhatIsLeft()
    {
        await using var host = Start();
        using var client = host.CreateClient();

        using var first = await client.SendQueryAsync($"mutation {{ {Aliases(3, Call)} }}", null, Token);
        using var second = await client.SendQueryAsync($"mutation {{ {Aliases(3, Call)} }}", null, Token);
        using var third = await client.SendQueryAsync($"mutation {{ {Aliases(2, Call)} }}", null, Token);

        Assert.AreEqual(HttpStatusCode.OK, first.StatusCode, await first.Content.ReadAsStringAsync(Token));
        Assert.Contains("\"query\";r=2", first.Headers.GetValues("RateLimit").Single());
        Assert.AreEqual(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.IsNotNull(second.Headers.RetryAfter?.Delta);
        Assert.AreEqual(HttpStatusCode.OK, third.StatusCode);
        Assert.AreEqual(5, host.Pipeline.Requests.Count);
    }

    [TestMethod]
    [DataRow("{ models { id } }")]
    [DataRow("mutation M($go: Boolean = false) { {0} }")]
    public async Task Operation_ThatCallsNoModel_DrawsFromTheAccountOnly(string document)
    {
        await using var host = Start();
        using var client = host.CreateClient();
        var left = document.Replace("{0}", Aliases(6, Call.Replace(" { id }", " @include(if: $go) { id }", StringComparison.Ordinal)), StringComparison.Ordinal);

        using var response = await client.SendQueryAsync(left, null, Token);

        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode, await response.Content.ReadAsStringAsync(Token));
        Assert.DoesNotContain("\"query\"", response.Headers.GetValues("RateLimit").Single());
    }

    [TestMethod]
    public async Task Operation_OfHighCost_CountsAsManyRequests()
    {
        await using var host = Start();
        using var client = host.CreateClient();

        // 1 + 35 * (1 + 20 * 1) is more than a model call and less than two.
        using var dear = await client.SendQueryAsync("{ batches(first: 35) { nodes { results(first: 20) { nodes { index } } } } }", null, Token);
        using var cheap = await client.SendQueryAsync("{ __typename }", null, Token);

        Assert.Contains("\"account\";r=298", dear.Headers.GetValues("RateLimit").Single());
        Assert.Contains("\"account\";r=297", cheap.Headers.GetValues("RateLimit").Single());
    }

    private static GraphQLEdgeHost Start()
    {
        var host = GraphQLEdgeHost.Start(settings: s_limits);
        host.Caller = Caller.System with { AccountId = KnownCaller.AccountId };
        return host;
    }

    private static readonly (string Key, string Value)[] s_limits =
    [
        ("RateLimits:Enabled", "true"), ("RateLimits:Policies:query:Permits", "5"), ("RateLimits:Policies:query:Window", "01:00:00"),
        ("RateLimits:Policies:batch:Permits", "2"), ("RateLimits:Policies:account:Window", "01:00:00"), ("RateLimits:RedisTimeout", "00:00:00.050"),
    ];

    private static string Aliases(int count, string field) =>
        string.Join(' ', Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"a{i}: {field}")));
}
