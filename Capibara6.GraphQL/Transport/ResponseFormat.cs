using Microsoft.Net.Http.Headers;

namespace Capibara6.GraphQLApi.Transport;

/// <summary>
/// The two media types of an answer. With <see cref="GraphQLResponse"/> the status tells whether the document was good; with
/// <see cref="Json"/> it is 200 for every request that was well-formed, because a proxy could have made any other answer.
/// </summary>
internal sealed record ResponseFormat(string MediaType)
{
    public const string EventStream = "text/event-stream";

    public static ResponseFormat Json { get; } = new("application/json");

    public static ResponseFormat GraphQLResponse { get; } = new("application/graphql-response+json");

    public string ContentType => MediaType + "; charset=utf-8";

    public int StatusOfInvalidDocument =>
        this == GraphQLResponse ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK;

    /// <summary>
    /// The format that the client likes best; the older JSON when it doesn't care, because clients that name nothing are old.
    /// Null when it takes neither.
    /// </summary>
    public static ResponseFormat? Negotiate(HttpRequest request)
    {
        var accept = request.Headers.Accept;
        if (accept.Count == 0)
        {
            return Json;
        }

        if (!MediaTypeHeaderValue.TryParseList(accept, out var ranges))
        {
            return null;
        }

        var modern = QualityOf(GraphQLResponse, ranges, exactOnly: true);
        var older = QualityOf(Json, ranges, exactOnly: false);
        return modern > 0 && modern >= older ? GraphQLResponse
            : older > 0 ? Json
            : null;
    }

    /// <summary>Whether the client names server-sent events among what it takes.</summary>
    public static bool TakesEvents(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var ranges)
        && ranges.Any(range => range.MediaType.Equals(EventStream, StringComparison.OrdinalIgnoreCase) && range.Quality is null or > 0);

    // The most specific range that fits decides (RFC 9110 §12.5.1). Wildcards speak for the older format only.
    private static double QualityOf(ResponseFormat format, IList<MediaTypeHeaderValue> ranges, bool exactOnly)
    {
        var best = ranges
            .Where(range => Fits(format, range, exactOnly))
            .OrderByDescending(range => range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2)
            .FirstOrDefault();
        return best is null ? 0 : best.Quality ?? 1;
    }

    private static bool Fits(ResponseFormat format, MediaTypeHeaderValue range, bool exactOnly)
    {
        if (range.Charset.HasValue && !range.Charset.Value.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        return range.MediaType.Equals(format.MediaType, StringComparison.OrdinalIgnoreCase)
            || (!exactOnly && (range.MatchesAllTypes || range.MediaType.Equals("application/*", StringComparison.OrdinalIgnoreCase)));
    }
}
