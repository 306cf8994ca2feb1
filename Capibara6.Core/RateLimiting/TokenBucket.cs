namespace Capibara6.Core.RateLimiting;

/// <summary>
/// The arithmetic of a bucket in whole units, so that neither a script's numbers nor ours lose a fraction: a permit is as
/// many units as there are refills in a window, and a refill brings as many units as the window has permits.
/// </summary>
/// <param name="Tokens">Permits that a request takes.</param>
internal readonly record struct TokenBucket(int Permits, TimeSpan Window, int Refills, int Tokens = 1)
{
    public long Capacity => (long)Permits * Refills;

    /// <summary>Units that a request costs.</summary>
    public long Cost => (long)Refills * Tokens;

    /// <summary>Units that a refill brings.</summary>
    public long RefillUnits => Permits;

    public long RefillMilliseconds => Math.Max(1, (long)Window.TotalMilliseconds / Refills);

    /// <summary>What has come back since <paramref name="anchor"/>. A full bucket starts its next window now.</summary>
    public (long Units, long Anchor) Refill(long units, long anchor, long now)
    {
        var lots = (now - anchor) / RefillMilliseconds;
        if (lots > 0)
        {
            units = Math.Min(Capacity, units + (lots * RefillUnits));
            anchor += lots * RefillMilliseconds;
        }

        return units >= Capacity ? (Capacity, now) : (units, anchor);
    }

    /// <summary>Milliseconds until a request can pass; 0 when it can now.</summary>
    public long WaitFor(long units, long anchor, long now) => Until(Cost, units, anchor, now);

    public RateLimitState Describe(string policy, long units, long anchor, long now) => new(
        policy, Permits, Window, (int)(units / Refills), TimeSpan.FromMilliseconds(Until(Capacity, units, anchor, now)));

    private long Until(long wanted, long units, long anchor, long now)
    {
        if (units >= wanted)
        {
            return 0;
        }

        var lots = (wanted - units + RefillUnits - 1) / RefillUnits;
        return Math.Max(1, anchor + (lots * RefillMilliseconds) - now);
    }
}
