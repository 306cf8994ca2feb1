using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Capibara6.GraphQLApi.GraphiQL;

internal static class GraphiQLEndpoints
{
    // The editor writes its colours and sizes into style elements, and brings small fonts within its style sheet; scripts, workers and connections are ours alone.
    private const string Policy =
        "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string NotBuilt =
        "<!doctype html><title>Capibara6 GraphQL</title><p>This is the GraphQL API. GraphiQL isn't part of this build, because Node.js and npm "
        + "weren't there or npm's registry couldn't be reached; build again with both to have it.</p>";

    public static IServiceCollection AddGraphiQL(this IServiceCollection services)
    {
        services.AddOptions<GraphiQLOptions>().BindConfiguration(GraphiQLOptions.SectionName);
        services.AddSingleton<GraphiQLFiles>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, BrowserMatcher>());
        return services;
    }

    /// <summary>GraphiQL at the address of the API for browsers, without an identity: what it asks needs one.</summary>
    public static void MapGraphiQL(this WebApplication app, string path)
    {
        var options = app.Services.GetRequiredService<IOptions<GraphiQLOptions>>().Value;
        if (!(options.Enabled ?? !app.Environment.IsProduction()))
        {
            return;
        }

        app.Map(path, WritePageAsync).WithMetadata(new ForBrowsers()).AllowPublic();
        app.MapGet($"{path}/ui/{{file}}", WriteFileAsync).AllowPublic();
    }

    private static Task WritePageAsync(HttpContext context, GraphiQLFiles files)
    {
        var response = context.Response;
        response.StatusCode = files.Page is null ? StatusCodes.Status501NotImplemented : StatusCodes.Status200OK;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.Headers.Vary = "Accept";
        response.Headers.ContentSecurityPolicy = Policy;
        return response.WriteAsync(files.Page ?? NotBuilt, context.RequestAborted);
    }

    private static async Task WriteFileAsync(HttpContext context, string file)
    {
        await using var content = GraphiQLFiles.Open(file);
        var response = context.Response;
        if (content is null)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        response.ContentType = GraphiQLFiles.TypeOf(file);
        response.Headers.CacheControl = "public, max-age=31536000, immutable";
        response.Headers.Vary = "Accept-Encoding";
        if (TakesGzip(context.Request))
        {
            response.Headers.ContentEncoding = "gzip";
            response.ContentLength = content.Length;
            await content.CopyToAsync(response.Body, context.RequestAborted);
            return;
        }

        await using var plain = GraphiQLFiles.Decompress(content);
        await plain.CopyToAsync(response.Body, context.RequestAborted);
    }

    private static bool TakesGzip(HttpRequest request) =>
        StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out var encodings)
        && encodings.Any(static encoding => encoding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && encoding.Quality is null or > 0);
}
