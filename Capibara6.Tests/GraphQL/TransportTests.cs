using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Capibara6.Tests.GraphQL;

[TestClass]
public sealed class TransportTests
{
    private static GraphQLEdgeHost s_host = null!;
    private static HttpClient s_client = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static void Start(TestContext context)
    {
        s_host = GraphQLEdgeHost.Start();
        s_client = s_host.CreateClient();
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        s_client.Dispose();
        await s_host.DisposeAsync();
    }

    [TestMethod]
    [DataRow(null, "application/json")]
    [DataRow("*/*", "application/json")]
    [DataRow("application/*", "application/json")]
    [DataRow("application/json", "application/json")]
    [DataRow("application/graphql-response+json", "application/graphql-response+json")]
    [DataRow("application/graphql-response+json; charset=utf-8, application/json; charset=utf-8", "application/graphql-response+json")]
    [DataRow("application/graphql-response+json;q=0.4, application/json;q=0.9", "application/json")]
    [DataRow("text/html, */*;q=0.8", "application/json")]
    [DataRow("text/html", null)]
    [DataRow("application/json; charset=latin1", null)]
    public async Task Answer_ToAnAcceptHeader_HasTheTypeItLikesBest(string? accept, string? type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/graphql") { Content = JsonContent.Create(new { query = "{ __typename }" }) };
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        using var response = await s_client.SendAsync(request, Token);

        Assert.AreEqual(type is null ? HttpStatusCode.NotAcceptable : HttpStatusCode.OK, response.StatusCode);
        Assert.AreEqual(type ?? "application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.AreEqual("utf-8", response.Content.Headers.ContentType!.CharSet);
    }

    [TestMethod]
    [DataRow("""{"query":"{ nope }"}""")]
    [DataRow("""{"query":"{"}""")]
    [DataRow("""{"query":"query Q($id: ID!) { model(id: $id) { id } }","variables":{"id":null}}""")]
    [DataRow("""{"query":"query A { __typename } query B { __typename }"}""")]
    [DataRow("""{"query":"subscription { x }"}""")]
    public async Task Document_NotValid_Is400OrTheOlderFormats200AndHasNoData(string body)
    {
        foreach (var (accept, status) in new[] { ("application/graphql-response+json", 400), ("application/json", 200) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/graphql") { Content = Json(body) };
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
            using var response = await s_client.SendAsync(request, Token);

            Assert.AreEqual(status, (int)response.StatusCode);
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
            Assert.AreEqual("invalid_request", GraphQLClient.CodeOf(answer));
            Assert.IsFalse(answer.TryGetProperty("data", out _));
        }
    }

    [TestMethod]
    [DataRow("", "body_missing")]
    [DataRow("{", "malformed_json")]
    [DataRow("null", "invalid_type")]
    [DataRow("""[{"query":"{ __typename }"}]""", "invalid_type")]
    [DataRow("""{}""", "missing_field")]
    [DataRow("""{"query":null}""", "missing_field")]
    [DataRow("""{"extensions":{}}""", "missing_field")]
    [DataRow("""{"query":7}""", "invalid_type")]
    [DataRow("""{"query":"{ __typename }","operationName":[]}""", "invalid_type")]
    [DataRow("""{"query":"{ __typename }","variables":"x"}""", "invalid_type")]
    [DataRow("""{"query":"{ __typename }","extensions":[]}""", "invalid_type")]
    [DataRow("""{"query":"{ __typename }","document":"x"}""", "unknown_field")]
    [DataRow("""{"query":"{ __typename }","query":"{ models { id } }"}""", "malformed_json")]
    [DataRow("""{"query":"\ud800"}""", "malformed_json")]
    [DataRow("""{"query":"{ __typename }","variables":{"a":"\udc00"}}""", "malformed_json")]
    public async Task Body_ThatIsNoRequest_Is400WithACode(string body, string code)
    {
        using var response = await s_client.PostAsync("/graphql", Json(body), Token);

        Assert.AreEqual(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.AreEqual(code, GraphQLClient.CodeOf(await response.Content.ReadFromJsonAsync<JsonElement>(Token)));
    }

    [TestMethod]
    [DataRow("text/plain")]
    [DataRow("application/x-www-form-urlencoded")]
    [DataRow("application/json; charset=utf-16")]
    public async Task Body_OfAnotherType_Is415(string type)
    {
        using var content = new StringContent("""{"query":"{ __typename }"}""");
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var response = await s_client.PostAsync("/graphql", content, Token);

        Assert.AreEqual(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.AreEqual("unsupported_media_type", GraphQLClient.CodeOf(await response.Content.ReadFromJsonAsync<JsonElement>(Token)));
    }

    [TestMethod]
    public async Task Body_LargerThanAMebibyte_Is413()
    {
        // Asks before it sends, because a server that refuses may close while a client is still sending.
        using var request = new HttpRequestMessage(HttpMethod.Post, "/graphql")
        {
            Content = Json($$"""{"query":"{{new string(' ', 1_100_000)}}"}"""),
            Headers = { ExpectContinue = true },
        };
        using var response = await s_client.SendAsync(request, Token);

        Assert.AreEqual(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.AreEqual("request_too_large", GraphQLClient.CodeOf(await response.Content.ReadFromJsonAsync<JsonElement>(Token)));
    }

    [TestMethod]
    public async Task Get_OfAQuery_ReadsVariablesFromTheAddress()
    {
        var query = Uri.EscapeDataString("query Q($id: ID!) { model(id: $id) { id } }");
        var variables = Uri.EscapeDataString("""{"id":"capibara6-20b"}""");

        var answer = await s_client.GetFromJsonAsync<JsonElement>($"/graphql?query={query}&variables={variables}&operationName=Q", Token);

        Assert.AreEqual("capibara6-20b", answer.GetProperty("data").GetProperty("model").GetProperty("id").GetString());
    }

    [TestMethod]
    public async Task Get_OfAMutation_Is405AndChangesNothing()
    {
        var before = s_host.Pipeline.Requests.Count;
        var query = Uri.EscapeDataString("""mutation { processQuery(input: {query: "test"}) { id } }""");

        using var response = await s_client.GetAsync($"/graphql?query={query}", Token);

        Assert.AreEqual(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        CollectionAssert.AreEqual(new[] { "POST" }, response.Content.Headers.Allow.ToArray());
        Assert.AreEqual("method_not_allowed", GraphQLClient.CodeOf(await response.Content.ReadFromJsonAsync<JsonElement>(Token)));
        Assert.AreEqual(before, s_host.Pipeline.Requests.Count);
    }

    [TestMethod]
    [DataRow("PUT", "/graphql", 405, "method_not_allowed")]
    [DataRow("DELETE", "/graphql", 405, "method_not_allowed")]
    [DataRow("GET", "/graphql", 400, "missing_field")]
    [DataRow("GET", "/graphql?query=%7B__typename%7D&query=%7B__typename%7D", 400, "invalid_value")]
    [DataRow("GET", "/graphql?query=%7B__typename%7D&variables=7", 400, "invalid_type")]
    [DataRow("GET", "/graphql?query=%7B__typename%7D&variables=%7B", 400, "malformed_json")]
    [DataRow("GET", "/elsewhere", 404, "not_found")]
    public async Task Call_ThatIsNone_HasACode(string method, string path, int status, string code)
    {
        using var response = await s_client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Token);

        Assert.AreEqual(status, (int)response.StatusCode);
        Assert.AreEqual(code, GraphQLClient.CodeOf(await response.Content.ReadFromJsonAsync<JsonElement>(Token)));
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
