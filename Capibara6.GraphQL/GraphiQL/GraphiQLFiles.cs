using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.StaticFiles;

namespace Capibara6.GraphQLApi.GraphiQL;

/// <summary>The files of the page. The build makes them from npm's packages and puts them into this assembly, compressed.</summary>
internal sealed class GraphiQLFiles
{
    private const string Prefix = "graphiql/";
    private const string Compressed = ".gz";

    private static readonly FileExtensionContentTypeProvider s_types = new();

    /// <summary>The page itself; null when this assembly was built without Node.js.</summary>
    public string? Page { get; } = ReadPage();

    /// <summary>What the page loads, as it goes over the wire (gzip); null when there is no such file.</summary>
    public static Stream? Open(string name) => Read(name + Compressed);

    public static string TypeOf(string name) => s_types.TryGetContentType(name, out var type) ? type : "application/octet-stream";

    /// <summary>The file as it is, for those who don't take gzip.</summary>
    public static Stream Decompress(Stream file) => new GZipStream(file, CompressionMode.Decompress);

    private static string? ReadPage()
    {
        using var page = Read("index.html");
        return page is null ? null : new StreamReader(page, Encoding.UTF8).ReadToEnd();
    }

    private static Stream? Read(string name) => typeof(GraphiQLFiles).Assembly.GetManifestResourceStream(Prefix + name);
}
