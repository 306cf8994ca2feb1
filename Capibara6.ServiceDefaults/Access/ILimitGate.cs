namespace Capibara6.ServiceDefaults.Access;

/// <summary>Says whether a request may go on now. The host binds it to the product's limits.</summary>
public interface ILimitGate
{
    ValueTask<LimitVerdict> EnterAsync(IReadOnlyList<LimitDraw> draws, string? concurrencySubject, int? concurrencyLimit, CancellationToken cancellationToken);
}

/// <summary>A token of the bucket that <paramref name="Subject"/> has under <paramref name="Policy"/>.</summary>
/// <param name="Permits">The subject's own number of requests per window; null for the policy's.</param>
public readonly record struct LimitDraw(string Policy, string Subject, int? Permits);

/// <summary>A bucket as clients see it.</summary>
/// <param name="Estimated">Whether one replica guessed it for all.</param>
public readonly record struct LimitState(string Policy, int Quota, TimeSpan Window, int Remaining, TimeSpan Reset, bool Estimated = false);

/// <param name="Code">Why not; null when allowed.</param>
/// <param name="Lease">To dispose of when the request ends; null when it isn't counted while it runs.</param>
public sealed record LimitVerdict(bool Allowed, string? Code, TimeSpan? RetryAfter, IReadOnlyList<LimitState> States, IDisposable? Lease);
