using System.Net;
using System.Text;
using System.Text.Json;
using Capibara6.Core.Identity;

namespace Capibara6.Tests.GraphQL;

/// <summary>Who may ask what over GraphQL.</summary>
[TestClass]
public sealed class AccessTests
{
    private static GraphQLEdgeHost s_host = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static void Start(TestContext context) => s_host = GraphQLEdgeHost.Start();

    [ClassCleanup]
    public static async Task StopAsync() => await s_host.DisposeAsync();

    [TestMethod]
    public async Task Request_WithoutCredentials_Gives401InGraphQLsShape()
    {
        using var client = s_host.CreateClient();
        client.DefaultRequestHeaders.Authorization = null;
        using var response = await AskAsync(client, "{ models { id } }");
        Assert.AreEqual(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.AreEqual("unauthenticated", await CodeAsync(response));
    }

    [TestMethod]
    public async Task Request_WithoutGraphQLAccess_Gives403()
    {
        using var client = s_host.CreateClient();
        KnownCaller.SignIn(client, Roles.ReadOnly);
        using var response = await AskAsync(client, "{ models { id } }");
        Assert.AreEqual(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.AreEqual("forbidden", await CodeAsync(response));
    }

    [TestMethod]
    public async Task Field_WithItsPermission_Answers()
    {
        using var client = s_host.CreateClient();
        KnownCaller.SignIn(client, Roles.User);
        using var response = await AskAsync(client, "{ models { id } }");
        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("capibara6-20b", await response.Content.ReadAsStringAsync(TestContext.CancellationToken));
    }

    private Task<HttpResponseMessage> AskAsync(HttpClient client, string query) => client.PostAsync(
        "/graphql", new StringContent(JsonSerializer.Serialize(new { query }), Encoding.UTF8, "application/json"), TestContext.CancellationToken);

    private async Task<string?> CodeAsync(HttpResponseMessage response)
    {
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.CancellationToken));
        return answer.RootElement.GetProperty("errors")[0].GetProperty("extensions").GetProperty("code").GetString();
    }
}
