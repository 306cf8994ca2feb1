using System.Text.Json;
using Capibara6.Core.Identity;

namespace Capibara6.Tests.GraphQL;

/// <summary>One's account, its keys, and the cache, through the real Core.</summary>
[TestClass]
public sealed class AccountTests
{
    private static GraphQLHost s_host = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => s_host = await GraphQLHost.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await s_host.DisposeAsync();

    [TestMethod]
    public async Task Me_AskedByADeveloper_SaysWhoAndWhat()
    {
        var me = (await AskAsync(Roles.Developer, "{ me { id username roles permissions apiKeyId budgets { period } } }")).GetProperty("data").GetProperty("me");

        Assert.AreEqual(KnownCaller.AccountId.ToString(), me.GetProperty("id").GetString());
        Assert.AreEqual("developer", me.GetProperty("username").GetString());
        Assert.AreEqual("developer", me.GetProperty("roles")[0].GetString());
        Assert.Contains("execute", me.GetProperty("permissions").EnumerateArray().Select(permission => permission.GetString()));
        Assert.AreEqual(JsonValueKind.Null, me.GetProperty("apiKeyId").ValueKind);
        Assert.AreEqual("day month", string.Join(' ', me.GetProperty("budgets").EnumerateArray().Select(budget => budget.GetProperty("period").GetString())));
    }

    [TestMethod]
    public async Task Cache_ClearedByAnAdministrator_ForgetsAndSaysHowItDid()
    {
        const string Ask = """mutation { processQuery(input: {query: "Once and again?"}) { cached } }""";
        await AskAsync(Roles.Admin, Ask);
        var again = await AskAsync(Roles.Admin, Ask);
        var stats = (await AskAsync(Roles.Admin, "{ cacheStats { hits misses hitRatio localEntries shared } }")).GetProperty("data").GetProperty("cacheStats");
        var cleared = await AskAsync(Roles.Admin, "mutation { clearCache }");
        var after = await AskAsync(Roles.Admin, Ask);

        Assert.IsTrue(again.GetProperty("data").GetProperty("processQuery").GetProperty("cached").GetBoolean());
        Assert.IsGreaterThanOrEqualTo(1, stats.GetProperty("hits").GetInt32());
        Assert.IsGreaterThanOrEqualTo(1, stats.GetProperty("misses").GetInt32());
        Assert.IsTrue(stats.GetProperty("hitRatio").GetDouble() is > 0 and < 1);
        Assert.IsTrue(stats.GetProperty("shared").GetBoolean());
        Assert.IsTrue(cleared.GetProperty("data").GetProperty("clearCache").GetBoolean());
        Assert.IsFalse(after.GetProperty("data").GetProperty("processQuery").GetProperty("cached").GetBoolean());
    }

    private async Task<JsonElement> AskAsync(string role, string query)
    {
        using var client = s_host.CreateClient();
        KnownCaller.SignIn(client, role);
        var answer = await client.AskAsync(query, null, Token);
        Assert.IsFalse(answer.TryGetProperty("errors", out _), answer.ToString());
        return answer;
    }
}
