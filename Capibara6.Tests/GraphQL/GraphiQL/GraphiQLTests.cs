using System.Net;
using System.Text.RegularExpressions;

namespace Capibara6.Tests.GraphQL.GraphiQL;

[TestClass]
public sealed partial class GraphiQLTests
{
    // As browsers write it.
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Browser_OutsideProduction_GetsThePageAndAllThatItLoads()
    {
        await using var host = GraphQLEdgeHost.Start("Staging");
        using var client = Stranger(host);

        using var response = await GetAsync(client, "/graphql", Browser);
        var page = await response.Content.ReadAsStringAsync(Token);

        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode, page);
        Assert.AreEqual("text/html", response.Content.Headers.ContentType?.MediaType);
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("script-src 'self';", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.DoesNotContain("http://", page + policy);
        Assert.DoesNotContain("https://", page + policy);
        string[] files = [.. Loaded().Matches(page).Select(match => match.Groups[1].Value)];
        Assert.HasCount(2, files);
        foreach (var file in files)
        {
            using var asset = await GetAsync(client, file, "*/*");
            Assert.AreEqual(HttpStatusCode.OK, asset.StatusCode, file);
            Assert.Contains("immutable", asset.Headers.CacheControl!.ToString());
            Assert.IsGreaterThan(100_000, (await asset.Content.ReadAsByteArrayAsync(Token)).Length);
        }
    }

    [TestMethod]
    public async Task Asset_Compressed_IsWhatItIsUncompressed()
    {
        await using var host = GraphQLEdgeHost.Start("Staging");
        using var plain = Stranger(host);
        using var handler = new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip };
        using var compressed = new HttpClient(handler) { BaseAddress = host.ClientOptions.BaseAddress };
        var page = await (await GetAsync(plain, "/graphql", Browser)).Content.ReadAsStringAsync(Token);
        var file = Loaded().Match(page).Groups[1].Value;

        Assert.AreEqual(await plain.GetStringAsync(file, Token), await compressed.GetStringAsync(file, Token));
    }

    [TestMethod]
    [DataRow("Production", null, false)]
    [DataRow("Production", "true", true)]
    [DataRow("Staging", "false", false)]
    public async Task Page_BySetting_IsThereOrNot(string environment, string? enabled, bool expected)
    {
        await using var host = GraphQLEdgeHost.Start(environment, enabled is null ? [] : [("GraphQL:GraphiQL:Enabled", enabled)]);
        using var client = Stranger(host);

        using var response = await GetAsync(client, "/graphql", Browser);

        Assert.AreEqual(expected ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [TestMethod]
    [DataRow("/graphql?query={__typename}", Browser)]
    [DataRow("/graphql", "application/json")]
    [DataRow("/graphql", "text/html, application/json;q=0.5")]
    [DataRow("/graphql", "text/html;q=0, */*")]
    [DataRow("/graphql", "*/*")]
    public async Task Client_ThatWantsAnAnswer_GetsNoPage(string address, string accept)
    {
        await using var host = GraphQLEdgeHost.Start("Staging");
        using var client = host.CreateClient();

        using var response = await GetAsync(client, address, accept);

        Assert.Contains("json", response.Content.Headers.ContentType!.MediaType!);
    }

    [TestMethod]
    public async Task Asset_ThatIsNone_IsNotFound()
    {
        await using var host = GraphQLEdgeHost.Start("Staging");
        using var client = Stranger(host);

        foreach (var name in new[] { "none.js", "..%2Fappsettings.json", "index.html" })
        {
            using var response = await client.GetAsync(new Uri($"/graphql/ui/{name}", UriKind.Relative), Token);
            Assert.AreEqual(HttpStatusCode.NotFound, response.StatusCode, name);
        }
    }

    private static HttpClient Stranger(GraphQLEdgeHost host) => new() { BaseAddress = host.ClientOptions.BaseAddress };

    private async Task<HttpResponseMessage> GetAsync(HttpClient client, string address, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return await client.SendAsync(request, Token);
    }

    [GeneratedRegex("(?:href|src)=\"(graphql/ui/[^\"]+)\"")]
    private static partial Regex Loaded();
}
