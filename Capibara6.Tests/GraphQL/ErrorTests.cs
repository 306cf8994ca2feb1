using System.Text.Json;
using Capibara6.Core;
using Capibara6.Core.Queries;

namespace Capibara6.Tests.GraphQL;

[TestClass]
public sealed class ErrorTests
{
    private const string Question = """mutation { processQuery(input: {query: "test"}) { id } }""";

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Failure_OfCore_KeepsItsCodeFieldAndRetryAfter()
    {
        await using var host = GraphQLEdgeHost.Start();
        host.Pipeline.Execute = (_, _) => Task.FromResult<Outcome<QueryResult>>(
            new Failure(FailureCodes.RateLimited, FailureKind.RateLimited, "Too much at once.")
            {
                RetryAfter = TimeSpan.FromSeconds(1.5),
                Field = "query",
            });

        var answer = await host.CreateClient().AskAsync(Question, null, Token);

        var error = answer.GetProperty("errors")[0];
        Assert.AreEqual("Too much at once.", error.GetProperty("message").GetString());
        Assert.AreEqual("rate_limited", error.GetProperty("extensions").GetProperty("code").GetString());
        Assert.AreEqual("input.query", error.GetProperty("extensions").GetProperty("field").GetString());
        Assert.AreEqual(2, error.GetProperty("extensions").GetProperty("retryAfterSeconds").GetInt32());
        Assert.AreEqual("processQuery", error.GetProperty("path")[0].GetString());
        Assert.AreEqual(JsonValueKind.Null, answer.GetProperty("data").GetProperty("processQuery").ValueKind);
    }

    [TestMethod]
    [DataRow("Production", false)]
    [DataRow("Development", true)]
    public async Task Exception_InAResolver_TellsItsTextInDevelopmentOnly(string environment, bool told)
    {
        await using var host = GraphQLEdgeHost.Start(environment);
        host.Pipeline.Execute = (_, _) => throw new InvalidOperationException("Password=hunter2");

        var answer = await host.CreateClient().AskAsync(Question, null, Token);

        Assert.AreEqual("internal_error", GraphQLClient.CodeOf(answer));
        Assert.AreEqual(told, answer.ToString().Contains("hunter2", StringComparison.Ordinal));
        Assert.IsTrue(host.Log.Entries.Any(entry => entry.Message.Contains("hunter2", StringComparison.Ordinal)), "the log has it");
    }

    [TestMethod]
    [DataRow("Production", false)]
    [DataRow("Development", true)]
    public async Task Mistake_InAName_IsGuessedAtInDevelopmentOnly(string environment, bool guessed)
    {
        await using var host = GraphQLEdgeHost.Start(environment);

        var answer = (await host.CreateClient().AskAsync("{ modles { id } ... on Qery { x } models { idd(a: 1) id(namee: 1) } }", null, Token)).ToString();

        Assert.AreEqual(guessed, answer.Contains("Did you mean", StringComparison.Ordinal), answer);
        Assert.Contains("modles", answer);
    }

    [TestMethod]
    [DataRow("""{ model(id: "none") { id } }""", "model_not_found")]
    [DataRow("""{ batch(id: "7") { id } }""", "invalid_value")]
    [DataRow("""{ batches(after: "x") { nodes { id } } }""", "invalid_value")]
    [DataRow("""{ batches(first: 0) { nodes { id } } }""", "invalid_value")]
    [DataRow("""{ batches(first: 101) { nodes { id } } }""", "invalid_value")]
    [DataRow("""mutation { revokeApiKey(id: "x") { id } }""", "api_key_not_found")]
    [DataRow("""mutation { createApiKey(input: {name: "k", expiresAt: "tomorrow"}) { key } }""", "invalid_request")]
    [DataRow("""mutation { processQuery(input: {query: "q", context: [{name: "a", value: "1"}, {name: "a", value: "2"}]}) { id } }""", "invalid_request")]
    public async Task Argument_ThatCantBeRight_HasACode(string query, string code)
    {
        await using var host = GraphQLEdgeHost.Start();

        Assert.AreEqual(code, GraphQLClient.CodeOf(await host.CreateClient().AskAsync(query, null, Token)));
    }
}
