using System.IO.Compression;
using System.Net.Http.Json;

namespace Capibara6.Tests.GraphQL;

[TestClass]
public sealed class CompressionTests
{
    private const string Everything = "{ __schema { types { name description fields { name description } } } }";

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("gzip")]
    [DataRow("br")]
    public async Task Answer_ForWhoTakesIt_IsCompressedAndTheSame(string encoding)
    {
        await using var host = GraphQLEdgeHost.Start("Development");
        using var client = host.CreateClient();
        var plain = await (await client.PostAsJsonAsync("/graphql", new { query = Everything }, Token)).Content.ReadAsByteArrayAsync(Token);

        using var request = new HttpRequestMessage(HttpMethod.Post, "/graphql") { Content = JsonContent.Create(new { query = Everything }) };
        request.Headers.Add("Accept-Encoding", encoding);
        using var response = await client.SendAsync(request, Token);
        var compressed = await response.Content.ReadAsByteArrayAsync(Token);

        Assert.AreEqual(encoding, response.Content.Headers.ContentEncoding.Single());
        Assert.IsTrue(response.Headers.Vary.Contains("Accept") && response.Headers.Vary.Contains("Accept-Encoding"), response.Headers.Vary.ToString());
        Assert.IsLessThan(plain.Length / 2, compressed.Length);
        using var stream = new MemoryStream(compressed);
        await using Stream reader = encoding == "br" ? new BrotliStream(stream, CompressionMode.Decompress) : new GZipStream(stream, CompressionMode.Decompress);
        using var text = new MemoryStream();
        await reader.CopyToAsync(text, Token);
        CollectionAssert.AreEqual(plain, text.ToArray());
    }
}
