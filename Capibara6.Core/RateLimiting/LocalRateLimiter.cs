using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.RateLimiting;

/// <summary>The same limits in this process's memory, for when Redis is away: its share of them, as configured.</summary>
internal sealed class LocalRateLimiter(IOptions<RateLimitOptions> options, TimeProvider time)
{
    /// <summary>Bound on the buckets in memory. Beyond it all are forgotten: better a burst than a full house.</summary>
    private const int Capacity = 100_000;
    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _running = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

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
            var held = _buckets.GetValueOrDefault(key) ?? new Bucket(share.Capacity, now);
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
                States = [.. buckets.Select(bucket => bucket.Bucket.Describe(bucket.Policy, bucket.Units, bucket.Anchor, now))],
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
            States = [.. buckets.Select(bucket => bucket.Bucket.Describe(bucket.Policy, bucket.Units - bucket.Bucket.Cost, bucket.Anchor, now))],
            Local = true,
            Lease = running is null ? null : Enter(running),
        };
    }

    private int Share(int whole) => Math.Max(1, whole / options.Value.Replicas);

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
