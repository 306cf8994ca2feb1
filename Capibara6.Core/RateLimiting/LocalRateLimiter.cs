using System.Collections.Concurrent;
namespace Capibara6.Core.RateLimiting;

/// <summary>
/// The same limits in this process's memory, for when Redis is away: its share of them among the replicas that lived when Redis was last
/// heard, beginning with its share of what was left in each bucket then. It is an estimate, and says so.
/// </summary>
internal sealed class LocalRateLimiter(LiveReplicas replicas, TimeProvider time)
{
    /// <summary>Bound on the buckets in memory. Beyond it all are forgotten: better a burst than a full house.</summary>
    private const int Capacity = 100_000;
    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    /// <summary>The buckets of all replicas together, as Redis last told them, in this process's time.</summary>
    private readonly ConcurrentDictionary<string, Bucket> _shared = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _running = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>Takes down what Redis said of a bucket.</summary>
    /// <param name="age">How long ago the bucket's last refill was, in milliseconds.</param>
    public void Learn(string key, long units, long age)
    {
        if (_shared.Count > Capacity)
        {
            _shared.Clear();
        }

        _shared[key] = new Bucket(units, time.GetUtcNow().ToUnixTimeMilliseconds() - age);
    }

    /// <summary>Redis decides again: what was decided here is over.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _buckets.Clear();
        }
    }

    public RateLimitDecision Acquire(IReadOnlyList<(string Key, string Policy, TokenBucket Bucket)> draws, string? running, int limit)
    {
        if (_buckets.Count > Capacity)
        {
            _buckets.Clear();
        }

        lock (_gate)
        {
            return Decide(draws, running, Share(limit));
        }
    }

    private RateLimitDecision Decide(IReadOnlyList<(string Key, string Policy, TokenBucket Bucket)> draws, string? running, int limit)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var buckets = new (string Key, string Policy, TokenBucket Bucket, long Units, long Anchor)[draws.Count];
        long wait = 0;
        for (var index = 0; index < draws.Count; index++)
        {
            var (key, policy, whole) = draws[index];
            var share = whole with { Permits = Share(whole.Permits) };
            var held = _buckets.GetValueOrDefault(key) ?? Begin(key, whole, share, now);
            var (units, anchor) = share.Refill(Math.Min(held.Units, share.Capacity), held.Anchor, now);
            buckets[index] = (key, policy, share, units, anchor);
            wait = Math.Max(wait, share.WaitFor(units, anchor, now));
        }

        var full = running is not null && _running.GetValueOrDefault(running) >= limit;
        if (wait > 0 || full)
        {
            return new RateLimitDecision
            {
                Allowed = false,
                Code = wait > 0 ? FailureCodes.RateLimited : FailureCodes.ConcurrencyLimited,
                RetryAfter = wait > 0 ? TimeSpan.FromMilliseconds(wait) : RedisRateLimiter.ConcurrencyRetryAfter,
                States = [.. buckets.Select((bucket, index) => Estimate(draws[index].Bucket, bucket, bucket.Units, now))],
                Local = true,
            };
        }

        foreach (var (key, _, bucket, units, anchor) in buckets)
        {
            _buckets[key] = new Bucket(units - bucket.Cost, anchor);
        }

        return new RateLimitDecision
        {
            Allowed = true,
            States = [.. buckets.Select((bucket, index) => Estimate(draws[index].Bucket, bucket, bucket.Units - bucket.Bucket.Cost, now))],
            Local = true,
            Lease = running is null ? null : Enter(running),
        };
    }

    private Bucket Begin(string key, TokenBucket whole, TokenBucket share, long now)
    {
        if (!_shared.TryGetValue(key, out var last))
        {
            return new Bucket(share.Capacity, now);
        }

        var (units, anchor) = whole.Refill(Math.Min(last.Units, whole.Capacity), last.Anchor, now);
        return new Bucket(units / replicas.Count, anchor);
    }

    /// <summary>The whole quota, with what this replica would let through of it.</summary>
    private static RateLimitState Estimate(
        TokenBucket whole, (string Key, string Policy, TokenBucket Bucket, long Units, long Anchor) share, long units, long now) =>
        share.Bucket.Describe(share.Policy, units, share.Anchor, now) with { Quota = whole.Permits, Estimated = true };

    private int Share(int whole) => Math.Max(1, whole / replicas.Count);

    private Place Enter(string running)
    {
        _running[running] = _running.GetValueOrDefault(running) + 1;
        return new Place(this, running);
    }

    private void Leave(string running)
    {
        lock (_gate)
        {
            if (_running.GetValueOrDefault(running) is > 1 and var others)
            {
                _running[running] = others - 1;
            }
            else
            {
                _running.TryRemove(running, out _);
            }
        }
    }

    private sealed record Bucket(long Units, long Anchor);

    private sealed class Place(LocalRateLimiter owner, string running) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                owner.Leave(running);
            }
        }
    }
}
