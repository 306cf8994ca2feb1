using Microsoft.AspNetCore.Http;

namespace Capibara6.ServiceDefaults.Access;

/// <summary>Writes a refusal the way the host writes all its failures.</summary>
public interface IAccessRefusals
{
    Task WriteAsync(HttpContext context, AccessRefusal refusal);
}

/// <param name="Status">401, 403, 429 or 503.</param>
/// <param name="Code">Stable code in snake_case.</param>
/// <param name="Message">For a person; tells an attacker nothing.</param>
public sealed record AccessRefusal(int Status, string Code, string Message, TimeSpan? RetryAfter = null)
{
    public static AccessRefusal Unauthenticated { get; } = new(
        StatusCodes.Status401Unauthorized, "unauthenticated",
        "This call needs credentials that count: send a token or an API key as 'Authorization: Bearer …'.");

    public static AccessRefusal Forbidden { get; } = new(
        StatusCodes.Status403Forbidden, "forbidden", "These credentials don't permit this call.");

    public static AccessRefusal TooManyRequests(string? code, TimeSpan? retryAfter) => new(
        StatusCodes.Status429TooManyRequests, code ?? "rate_limited", "Too many requests; wait as long as Retry-After says.", retryAfter);

    public static AccessRefusal TooManyBadCredentials(TimeSpan? retryAfter) => new(
        StatusCodes.Status429TooManyRequests, "rate_limited",
        "Too many credentials that don't count came from this address; wait as long as Retry-After says.", retryAfter);

    public static AccessRefusal Unavailable { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "database_unavailable",
        "Credentials can't be checked for the moment; try again shortly.", TimeSpan.FromSeconds(2));
}
