using Microsoft.AspNetCore.Http.HttpResults;

namespace Capibara6.Api.OpenApi;

/// <summary>What somebody sees who opens the bare address: the docs, or what this is.</summary>
internal static class FrontPage
{
    private const string Text = """
        Capibara6 answers questions with the language model that fits them.
        The calls are under /api/v1, and under /v1 in the shapes of OpenAI and Anthropic; each needs an API key or a token of POST /auth/login.
        The description of the calls is switched off here; an operator switches it on with Docs:Enabled.

        """;

    public static void MapFrontPage(this IEndpointRouteBuilder routes, bool docs)
    {
        var page = docs ? routes.MapGet("/", ToDocs) : routes.MapGet("/", Say);
        page.AllowPublic().ExcludeFromDescription();
    }

    private static RedirectHttpResult ToDocs() => TypedResults.Redirect(OpenApiSetup.PagePath);

    private static ContentHttpResult Say() => TypedResults.Text(Text);
}
