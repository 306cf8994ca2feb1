namespace Capibara6.Core.RateLimiting;

/// <summary>Decides whether a request may go on: every bucket it draws from has a token, and its account has room.</summary>
public interface IRateLimiter
{
    /// <summary>Takes its tokens from every bucket and a place among the account's requests, or nothing at all.</summary>
    ValueTask<RateLimitDecision> AcquireAsync(RateLimitRequest request, CancellationToken cancellationToken);
}

/// <param name="Draws">The buckets; an unknown policy is a bug and throws.</param>
/// <param name="ConcurrencySubject">Whose requests are counted while they run; null when nobody's are.</param>
/// <param name="ConcurrencyLimit">The subject's own limit; null for the configured one.</param>
public sealed record RateLimitRequest(IReadOnlyList<RateLimitDraw> Draws, string? ConcurrencySubject, int? ConcurrencyLimit);

/// <summary>Tokens of one bucket.</summary>
/// <param name="Policy">Name in <see cref="RateLimitOptions.Policies"/>.</param>
/// <param name="Subject">Whose bucket: an address, an account's or a key's id.</param>
/// <param name="Permits">The subject's own number of requests per window; null for the policy's.</param>
/// <param name="Tokens">How many, at least 1; more than the bucket can hold are never there.</param>
public readonly record struct RateLimitDraw(string Policy, string Subject, int? Permits, int Tokens = 1);

public sealed record RateLimitDecision
{
    public required bool Allowed { get; init; }

    /// <summary>Every bucket as it stands now, in the order of the draws.</summary>
    public required IReadOnlyList<RateLimitState> States { get; init; }

    /// <summary>Why not: <see cref="FailureCodes.RateLimited"/> or <see cref="FailureCodes.ConcurrencyLimited"/>; null when allowed.</summary>
    public string? Code { get; init; }

    /// <summary>When another try can succeed.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether this replica decided alone, because Redis is away.</summary>
    public bool Local { get; init; }

    /// <summary>To dispose of when the request ends; null when nothing is counted while it runs.</summary>
    public IDisposable? Lease { get; init; }
}

/// <param name="Quota">Requests per window.</param>
/// <param name="Remaining">Requests that could follow at once.</param>
/// <param name="Reset">Until the whole quota is there again.</param>
/// <param name="Estimated">Whether this replica guessed it from its share, because Redis is away.</param>
public sealed record RateLimitState(string Policy, int Quota, TimeSpan Window, int Remaining, TimeSpan Reset, bool Estimated = false);
