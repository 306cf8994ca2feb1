using System.Globalization;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Capibara6.Core.RateLimiting;

/// <summary>The limits in Redis: one script, one round trip, the same bucket for every replica.</summary>
internal sealed class RedisRateLimiter(RequestLeases leases, LocalRateLimiter local, IOptions<RateLimitOptions> options, TimeProvider time)
{
    /// <summary>When somebody else's request ends can't be known; soon is a fair guess.</summary>
    public static readonly TimeSpan ConcurrencyRetryAfter = TimeSpan.FromSeconds(1);

    public async Task<RateLimitDecision> AcquireAsync(
        IDatabase redis, IReadOnlyList<(string Key, string Policy, TokenBucket Bucket)> draws, string? running, int limit)
    {
        var counts = running is not null;
        var id = counts ? Guid.CreateVersion7(time.GetUtcNow()).ToString("N") : string.Empty;
        var keys = new RedisKey[draws.Count + (counts ? 1 : 0)];
        var values = new RedisValue[1 + (draws.Count * 4) + 3];
        values[0] = draws.Count;
        for (var index = 0; index < draws.Count; index++)
        {
            var bucket = draws[index].Bucket;
            keys[index] = draws[index].Key;
            values[1 + (index * 4)] = bucket.Capacity;
            values[2 + (index * 4)] = bucket.RefillUnits;
            values[3 + (index * 4)] = bucket.RefillMilliseconds;
            values[4 + (index * 4)] = bucket.Cost;
        }

        values[^3] = counts ? limit : 0;
        values[^2] = id;
        values[^1] = (long)options.Value.ConcurrencyLease.TotalMilliseconds;
        if (counts)
        {
            keys[^1] = running;
        }

        var answer = (RedisResult[])(await redis.ScriptEvaluateAsync(RateLimitScripts.Acquire, keys, values))!;
        return Read(answer, draws, running is not null && (int)answer[0] == 1 ? leases.Hold(running, id) : null);
    }

    private RateLimitDecision Read(
        RedisResult[] answer, IReadOnlyList<(string Key, string Policy, TokenBucket Bucket)> draws, IDisposable? lease)
    {
        var verdict = (int)answer[0];
        var now = Number(answer[1]);
        var states = new RateLimitState[draws.Count];
        long wait = 0;
        for (var index = 0; index < draws.Count; index++)
        {
            var (key, policy, bucket) = draws[index];
            var units = Number(answer[2 + (index * 2)]);
            var anchor = Number(answer[3 + (index * 2)]);
            local.Learn(key, units, now - anchor);
            states[index] = bucket.Describe(policy, units, anchor, now);
            wait = Math.Max(wait, bucket.WaitFor(units, anchor, now));
        }

        return new RateLimitDecision
        {
            Allowed = verdict == 1,
            States = states,
            Lease = lease,
            Code = verdict switch { 1 => null, 0 => FailureCodes.RateLimited, _ => FailureCodes.ConcurrencyLimited },
            RetryAfter = verdict switch { 1 => null, 0 => TimeSpan.FromMilliseconds(wait), _ => ConcurrencyRetryAfter },
        };
    }

    private static long Number(RedisResult result) => long.Parse((string)result!, CultureInfo.InvariantCulture);
}
