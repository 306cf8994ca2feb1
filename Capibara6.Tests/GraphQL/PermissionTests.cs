using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Capibara6.Core.Identity;

namespace Capibara6.Tests.GraphQL;

[TestClass]
public sealed class PermissionTests
{
    private const string Change = "processQuery(input: {query: \"x\"}) { id }";

    private static GraphQLEdgeHost s_host = null!;
    private static HttpClient s_client = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static void Start(TestContext context)
    {
        s_host = GraphQLEdgeHost.Start();
        s_host.Caller = new Caller(
            Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), "reader", new HashSet<string> { Permissions.Read, Permissions.GraphQLAccess });
        s_client = s_host.CreateClient();
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        s_client.Dispose();
        await s_host.DisposeAsync();
    }

    [TestMethod]
    [DataRow("{ models { id } batches { nodes { id } } }", null, true)]
    [DataRow("mutation { cancelBatch(id: \"0197a3c0-0000-7000-8000-000000000002\") { id } }", null, true)]
    [DataRow("mutation { " + Change + " }", null, false)]
    [DataRow("{ me { id permissions } }", null, true)]
    [DataRow("{ __typename ... { __schema { types { name } } } }", null, false)]
    [DataRow("query($n: String = \"Model\") { __type(name: $n) { name } }", null, false)]
    [DataRow("{ usage { summary { requests } } }", null, true)]
    [DataRow("{ systemMetrics { at } }", null, false)]
    [DataRow("{ cacheStats { hits } }", null, false)]
    [DataRow("mutation { clearCache }", null, false)]
    [DataRow("mutation { processBatch(input: {queries: [{query: \"x\"}]}) { id } }", null, false)]
    [DataRow("mutation { ... { ...F } } fragment F on Mutation { a: " + Change + " }", null, false)]
    [DataRow("query Read { models { id } } mutation Write { " + Change + " }", "Read", true)]
    [DataRow("query Read { models { id } } mutation Write { " + Change + " }", "Write", false)]
    [DataRow("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", null, true)]
    public async Task Operation_OfSomebodyWhoMayOnlyRead_RunsOnlyWhenItReads(string query, string? operationName, bool permitted)
    {
        using var response = await s_client.PostAsJsonAsync("/graphql", new { query, operationName }, Token);

        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.AreEqual(permitted ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode, answer.ToString());
        if (!permitted)
        {
            Assert.AreEqual("forbidden", GraphQLClient.CodeOf(answer));
            Assert.IsEmpty(s_host.Pipeline.Requests);
        }
    }
}
