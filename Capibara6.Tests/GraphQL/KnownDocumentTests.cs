using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Capibara6.Tests.GraphQL;

/// <summary>Documents that clients name instead of sending them.</summary>
[TestClass]
public sealed class KnownDocumentTests
{
    private const string Document = "{ models { id } }";

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task PersistedQuery_SentOnceWithItsHash_IsKnownByIt()
    {
        await using var host = GraphQLEdgeHost.Start();
        using var client = host.CreateClient();

        var unknown = await AskAsync(client, new { extensions = Hash(Document) });
        var sent = await AskAsync(client, new { query = Document, extensions = Hash(Document) });
        var named = await AskAsync(client, new { extensions = Hash(Document) });
        var byGet = await client.GetFromJsonAsync<JsonElement>($"/graphql?extensions={Uri.EscapeDataString(JsonSerializer.Serialize(Hash(Document)))}", Token);

        Assert.AreEqual("PersistedQueryNotFound", unknown.GetProperty("errors")[0].GetProperty("message").GetString());
        Assert.AreEqual("PERSISTED_QUERY_NOT_FOUND", GraphQLClient.CodeOf(unknown));
        Assert.AreEqual(2, sent.GetProperty("data").GetProperty("models").GetArrayLength());
        Assert.AreEqual(2, named.GetProperty("data").GetProperty("models").GetArrayLength());
        Assert.AreEqual(2, byGet.GetProperty("data").GetProperty("models").GetArrayLength());
    }

    [TestMethod]
    public async Task PersistedQuery_UnderTheHashOfAnother_IsRefusedAndNotKept()
    {
        await using var host = GraphQLEdgeHost.Start();
        using var client = host.CreateClient();

        var wrong = await AskAsync(client, new { query = "{ __typename }", extensions = Hash(Document) });
        var after = await AskAsync(client, new { extensions = Hash(Document) });

        Assert.AreEqual("invalid_value", GraphQLClient.CodeOf(wrong));
        Assert.AreEqual("PERSISTED_QUERY_NOT_FOUND", GraphQLClient.CodeOf(after));
    }

    [TestMethod]
    [DataRow("""{"persistedQuery":{"version":2,"sha256Hash":"x"}}""")]
    [DataRow("""{"persistedQuery":7}""")]
    public async Task PersistedQuery_ThatIsNone_HasACode(string extensions)
    {
        await using var host = GraphQLEdgeHost.Start();

        var answer = await AskAsync(host.CreateClient(), new { extensions = JsonSerializer.Deserialize<JsonElement>(extensions) });

        Assert.AreEqual("invalid_value", GraphQLClient.CodeOf(answer));
    }

    [TestMethod]
    public async Task TrustedDocuments_Alone_AreCarriedOutAndNothingElse()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "trusted.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new Dictionary<string, string> { ["models"] = Document }), Token);
        await using var host = GraphQLEdgeHost.Start(settings: [("GraphQL:Documents:TrustedFile", file), ("GraphQL:Documents:OnlyTrusted", "true")]);
        using var client = host.CreateClient();

        var byId = await AskAsync(client, new { documentId = "models" });
        var byText = await AskAsync(client, new { query = Document });
        var other = await AskAsync(client, new { query = "{ __typename }" });
        var persisted = await AskAsync(client, new { query = "{ __typename }", extensions = Hash("{ __typename }") });

        Assert.AreEqual(2, byId.GetProperty("data").GetProperty("models").GetArrayLength());
        Assert.AreEqual(2, byText.GetProperty("data").GetProperty("models").GetArrayLength());
        Assert.AreEqual("document_not_trusted", GraphQLClient.CodeOf(other));
        Assert.AreEqual("document_not_trusted", GraphQLClient.CodeOf(persisted));
    }

    private static object Hash(string document) => new
    {
        persistedQuery = new { version = 1, sha256Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(document))) },
    };

    private async Task<JsonElement> AskAsync(HttpClient client, object body)
    {
        using var response = await client.PostAsJsonAsync("/graphql", body, Token);
        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Token);
    }
}
