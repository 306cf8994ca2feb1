using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Capibara6.Core;
using Capibara6.Core.Queries;

namespace Capibara6.Tests.GraphQL;

[TestClass]
public sealed class LimitTests
{
    private static GraphQLEdgeHost s_host = null!;
    private static HttpClient s_client = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static void Start(TestContext context)
    {
        s_host = GraphQLEdgeHost.Start(settings: ("GraphQL:ExecutionTimeout", "00:00:01"));
        s_client = s_host.CreateClient();
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        s_client.Dispose();
        await s_host.DisposeAsync();
    }

    private static readonly Dictionary<string, (string Query, string Code)> s_overloads = new(StringComparer.Ordinal)
    {
        ["many aliases of a dear field"] = (Mutation(11), "document_too_complex"),
        ["a long list of fields"] = ("{ models {" + Repeat(" id", 1_000) + " } }", "document_too_complex"),
        ["a fragment called like introspection"] =
            ("{ ...__schema } fragment __schema on Query { " + Aliases(300, "models { id }") + " }", "document_too_complex"),
        ["a page larger than allowed"] = ("{ batches(first: 1000000) { nodes { id total } } }", "document_too_complex"),
        ["fragments that double, 20 times"] = (Doubling(20), "document_too_complex"),
        ["fragments that double, of which none is used"] = (Doubling(20).Replace("{ ...F0 }", "{ __typename }", StringComparison.Ordinal), "document_too_complex"),
        ["directives in fragments that multiply"] =
            ("{ " + Repeat("...F ", 60) + "} fragment F on Query { __typename @skip(if: false) @include(if: true) }", "document_too_complex"),
        ["many aliases of a cheap field"] = ("{ " + Aliases(101, "__typename") + " }", "document_too_complex"),
        ["many operations"] = (string.Concat(Enumerable.Range(0, 11).Select(i => $"query Q{i} {{ __typename }} ")), "document_too_complex"),
        ["a long document"] = ("{ __typename }" + new string(' ', 70_000), "document_too_large"),
        ["a long name"] = ("{ " + new string('a', 60_000) + " }", "document_too_large"),
        ["many tokens"] = ("{ " + Repeat("__typename ", 3_001) + "}", "document_too_large"),
        ["many directives"] = ("{ __typename" + Repeat(" @skip(if:false)", 600) + " }", "document_too_large"),
        ["deep nesting"] = (Repeat("{ __schema", 400) + Repeat("}", 400), "document_too_complex"),
        ["nested lists in a value"] = ("{ batches(after: " + Repeat("[", 400) + Repeat("]", 400) + ") { nodes { id } } }", "document_too_complex"),
        ["nested objects in a value"] = ("mutation { processQuery(input: " + Repeat("{a: ", 400) + "1" + Repeat("}", 400) + ") { id } }", "document_too_complex"),
        ["nested types of a variable"] = ("query Q($a: " + Repeat("[", 400) + "ID" + Repeat("]", 400) + ") { __typename }", "document_too_complex"),
        ["introspection in circles"] = ("{ __schema { types { " + Repeat("fields { type { ", 10) + "name" + Repeat(" } }", 10) + " } } }", "document_too_complex"),
        ["introspection in circles that are shallow"] =
            ("{ __schema { types { fields { type { ...F } } } } } fragment F on __Type { ofType { fields { type { possibleTypes { name } } } } }", "document_too_complex"),
        ["introspection in circles of members"] =
            ("{ __type(name: \"Node\") { possibleTypes { interfaces { possibleTypes { name } } } } }", "document_too_complex"),
        ["introspection many times over"] =
            ("{ " + Aliases(60, "__schema { types { fields { args { type { name } } } } }") + " }", "document_too_complex"),
        ["many variables"] = ("query Q(" + string.Join(' ', Enumerable.Range(0, 1_000).Select(i => $"$v{i}: ID")) + ") { __typename }", "document_too_large"),
        ["directives that aren't there"] = ("{ __typename" + Repeat(" @none", 200) + " }", "document_too_complex"),
        ["a fragment that uses itself"] = ("{ ...A } fragment A on Query { ...A }", "invalid_request"),
        ["a circle of fragments below fields"] =
            ("{ models { ...A } } fragment A on Model { id ...B } fragment B on Model { name ... on Model { ...A } }", "invalid_request"),
        ["a circle of fragments"] = ("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", "invalid_request"),
    };

    public static IEnumerable<string> Overloads => s_overloads.Keys;

    [TestMethod]
    [DynamicData(nameof(Overloads))]
    public async Task Document_AskingForTooMuch_IsRefusedQuickly(string overload)
    {
        var (query, code) = s_overloads[overload];
        var started = TimeProvider.System.GetTimestamp();
        using var response = await s_client.SendQueryAsync(query, null, Token);

        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.AreEqual(code, GraphQLClient.CodeOf(answer));
        Assert.IsFalse(answer.TryGetProperty("data", out _));
        Assert.IsLessThan(2, TimeProvider.System.GetElapsedTime(started).TotalSeconds);
        Assert.IsEmpty(s_host.Pipeline.Requests);
    }

    [TestMethod]
    public async Task Variables_NestedWithoutEnd_AreRefused()
    {
        var nested = $$$"""{"query":"query Q($a: ID) { __typename }","variables":{"a":{{{Repeat("[", 50_000)}}}{{{Repeat("]", 50_000)}}}}}""";

        using var response = await s_client.PostAsync("/graphql", new StringContent(nested, System.Text.Encoding.UTF8, "application/json"), Token);

        Assert.AreEqual(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.AreEqual("malformed_json", GraphQLClient.CodeOf(await response.Content.ReadFromJsonAsync<JsonElement>(Token)));
    }

    [TestMethod]
    public async Task Variables_ThatNobodyAskedFor_ChangeNothing()
    {
        var variables = Enumerable.Range(0, 50_000).ToDictionary(i => $"v{i}", i => i);

        var answer = await s_client.AskAsync("query Q($id: ID!) { model(id: $id) { id } }", new Dictionary<string, object>(variables.Select(pair => KeyValuePair.Create(pair.Key, (object)pair.Value))) { ["id"] = "capibara6-20b" }, Token);

        Assert.AreEqual("capibara6-20b", answer.GetProperty("data").GetProperty("model").GetProperty("id").GetString());
    }

    // What a page of a stranger can send without a question of the browser's, and with its cookies, had we any.
    [TestMethod]
    [DataRow("text/plain")]
    [DataRow("application/x-www-form-urlencoded")]
    [DataRow("multipart/form-data; boundary=x")]
    [DataRow(null)]
    public async Task Request_ThatBrowsersSendUnasked_DoesNothing(string? type)
    {
        using var content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes($$"""{"query":"{{Mutation(1).Replace("\"", "\\\"", StringComparison.Ordinal)}}"}"""));
        content.Headers.ContentType = type is null ? null : System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);

        using var response = await s_client.PostAsync("/graphql", content, Token);

        Assert.AreEqual(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.IsEmpty(s_host.Pipeline.Requests);
    }

    [TestMethod]
    public async Task Document_DeepButAllowedForTools_IsAnswered()
    {
        var answer = await s_client.AskAsync(IntrospectionQuery, null, Token);

        Assert.IsFalse(answer.TryGetProperty("errors", out _), answer.ToString());
        var types = answer.GetProperty("data").GetProperty("__schema").GetProperty("types").EnumerateArray();
        Assert.IsTrue(types.Any(type => type.GetProperty("name").GetString() == "QueryResult"));
    }

    [TestMethod]
    public async Task Document_WithManyMistakes_TellsTheFirstTen()
    {
        var query = "{ models { " + string.Join(' ', Enumerable.Range(0, 500).Select(i => $"wrong{i}")) + " } }";

        var answer = await s_client.AskAsync(query, null, Token);

        Assert.AreEqual(10, answer.GetProperty("errors").GetArrayLength());
    }

    [TestMethod]
    public async Task Execution_LongerThanItMayTake_Is504WithACode()
    {
        s_host.Pipeline.Execute = async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return new Failure("never", FailureKind.Unavailable, "never");
        };
        try
        {
            using var response = await s_client.SendQueryAsync(Mutation(1), null, Token);

            Assert.AreEqual(HttpStatusCode.GatewayTimeout, response.StatusCode);
            Assert.AreEqual("processing_timeout", GraphQLClient.CodeOf(await response.Content.ReadFromJsonAsync<JsonElement>(Token)));
        }
        finally
        {
            s_host.Pipeline.Execute = (request, _) => Task.FromResult<Outcome<QueryResult>>(Api.Answers.To(request.Query));
            s_host.Pipeline.Requests.Clear();
        }
    }

    private static string Doubling(int levels) =>
        "{ ...F0 } " + string.Concat(Enumerable.Range(0, levels).Select(i => $"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }} "))
        + $"fragment F{levels} on Query {{ __typename }}";

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static string Mutation(int calls) => "mutation { " + Aliases(calls, "processQuery(input: {query: \"x\"}) { id }") + " }";

    private static string Aliases(int count, string field) =>
        string.Join(' ', Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"a{i}: {field}")));

    private const string IntrospectionQuery =
        """
        query { __schema { queryType { name } mutationType { name } subscriptionType { name } types { ...Full } directives { name description locations args { ...Input } } } }
        fragment Full on __Type { kind name description fields(includeDeprecated: true) { name description args { ...Input } type { ...Ref } isDeprecated deprecationReason }
          inputFields { ...Input } interfaces { ...Ref } enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...Ref } }
        fragment Input on __InputValue { name description type { ...Ref } defaultValue }
        fragment Ref on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } }
        """;
}
