using Microsoft.AspNetCore.Routing.Matching;
using Microsoft.Net.Http.Headers;

namespace Capibara6.GraphQLApi.GraphiQL;

/// <summary>Marks the endpoint that a browser gets which opens the address of the API.</summary>
internal sealed class ForBrowsers;

/// <summary>Chooses the page for those who want one: a GET without an operation whose sender takes HTML and doesn't name a format of answers.</summary>
internal sealed class BrowserMatcher : MatcherPolicy, IEndpointSelectorPolicy
{
    private const string Html = "text/html";

    private static readonly string[] s_answers = ["application/json", "application/graphql-response+json", "text/event-stream"];

    private static readonly string[] s_operation = ["query", "documentId", "extensions"];

    public override int Order => 0;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(IsPage);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var wantsPage = WantsPage(httpContext.Request);
        var hasPage = Enumerable.Range(0, candidates.Count).Any(index => IsPage(candidates[index].Endpoint));
        for (var index = 0; hasPage && index < candidates.Count; index++)
        {
            if (candidates.IsValidCandidate(index) && wantsPage != IsPage(candidates[index].Endpoint))
            {
                candidates.SetValidity(index, false);
            }
        }

        return Task.CompletedTask;
    }

    private static bool IsPage(Endpoint endpoint) => endpoint.Metadata.GetMetadata<ForBrowsers>() is not null;

    private static bool WantsPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && !s_operation.Any(request.Query.ContainsKey)
        && MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var ranges)
        && ranges.Any(range => Is(range, Html))
        && !ranges.Any(range => s_answers.Any(answer => Is(range, answer)));

    private static bool Is(MediaTypeHeaderValue range, string type) =>
        range.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase) && range.Quality is null or > 0;
}
