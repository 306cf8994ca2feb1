using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Capibara6.ServiceDefaults.Access;

/// <summary>
/// Tells clients where they stand (draft-ietf-httpapi-ratelimit-headers), and in the headers that OpenAI's clients look for: of the bucket that is
/// the nearest to its end.
/// </summary>
public static class RateLimitHeaders
{
    private const string Policies = "RateLimit-Policy";
    private const string Limits = "RateLimit";

    // A parameter of our own, as the draft allows: the number is one replica's guess.
    private const string Estimate = ";estimate";

    /// <summary>Tells these buckets after those that were told before; of one that was told before, its state now.</summary>
    public static void Append(IHeaderDictionary headers, IReadOnlyList<LimitState> states)
    {
        ArgumentNullException.ThrowIfNull(headers);
        ArgumentNullException.ThrowIfNull(states);
        if (states.Count > 0)
        {
            headers[Policies] = Join(Others(headers, Policies, states), states, static state =>
                string.Create(CultureInfo.InvariantCulture, $"q={state.Quota};w={Seconds(state.Window)}"));
            headers[Limits] = Join(Others(headers, Limits, states), states, static state =>
                string.Create(CultureInfo.InvariantCulture, $"r={state.Remaining};t={Seconds(state.Reset)}{(state.Estimated ? Estimate : string.Empty)}"));
            var nearest = states.MinBy(static state => state.Remaining);
            headers["x-ratelimit-limit-requests"] = nearest.Quota.ToString(CultureInfo.InvariantCulture);
            headers["x-ratelimit-remaining-requests"] = nearest.Remaining.ToString(CultureInfo.InvariantCulture);
            headers["x-ratelimit-reset-requests"] = $"{Seconds(nearest.Reset)}s";
        }
    }

    private static string[] Others(IHeaderDictionary headers, string header, IReadOnlyList<LimitState> states) =>
        headers.TryGetValue(header, out var told)
            ? [.. told.ToString().Split(", ").Where(item => !states.Any(state => item.StartsWith($"\"{state.Policy}\";", StringComparison.Ordinal)))]
            : [];

    private static string Join(string[] others, IReadOnlyList<LimitState> states, Func<LimitState, string> describe)
    {
        var text = new StringBuilder().AppendJoin(", ", others);
        foreach (var state in states)
        {
            text.Append(text.Length == 0 ? "\"" : ", \"").Append(state.Policy).Append("\";").Append(describe(state));
        }

        return text.ToString();
    }

    private static long Seconds(TimeSpan span) => (long)Math.Ceiling(span.TotalSeconds);
}
