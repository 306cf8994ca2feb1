using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Capibara6.Core.RateLimiting;

/// <summary>Asks Redis; decides alone while it is away, says so once, and asks again after a while.</summary>
internal sealed class RateLimiter(
    RedisRateLimiter shared, LocalRateLimiter local, LiveReplicas replicas, IServiceProvider services, IOptions<RateLimitOptions> options,
    TimeProvider time, ILogger<RateLimiter> logger) : IRateLimiter, IHealthCheck
{
    private static readonly RateLimitDecision s_unlimited = new() { Allowed = true, States = [] };

    // Where nothing is limited, nothing connects.
    private readonly Lazy<IConnectionMultiplexer?> _redis = new(services.GetService<IConnectionMultiplexer>);

    /// <summary>Ticks of UTC until which Redis isn't asked; 0 while it answers.</summary>
    private long _awayUntil;

    public async ValueTask<RateLimitDecision> AcquireAsync(RateLimitRequest request, CancellationToken cancellationToken)
    {
        if (!options.Value.Enabled)
        {
            return s_unlimited;
        }

        replicas.Join();
        var draws = new (string Key, string Policy, TokenBucket Bucket)[request.Draws.Count];
        for (var index = 0; index < draws.Length; index++)
        {
            draws[index] = Resolve(request.Draws[index]);
        }

        var running = request.ConcurrencySubject is { } subject ? $"{options.Value.KeyPrefix}running:{subject}" : null;
        var limit = request.ConcurrencyLimit ?? options.Value.ConcurrentRequests;
        if (_redis.Value is not { } redis || Volatile.Read(ref _awayUntil) > time.GetUtcNow().Ticks)
        {
            return local.Acquire(draws, running, limit);
        }

        var asked = shared.AcquireAsync(redis.GetDatabase(), draws, running, limit);
        try
        {
            var decision = await asked.WaitAsync(options.Value.RedisTimeout, time, cancellationToken);
            ComeBack();
            return decision;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            _ = ReleaseLateAsync(asked);
            FallBack(exception);
            return local.Acquire(draws, running, limit);
        }
        catch (OperationCanceledException)
        {
            _ = ReleaseLateAsync(asked);
            throw;
        }
    }

    /// <summary>An answer that nobody waits for any more may have taken a place: it is given back.</summary>
    private static async Task ReleaseLateAsync(Task<RateLimitDecision> asked)
    {
        await ((Task)asked).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (asked.IsCompletedSuccessfully)
        {
            asked.Result.Lease?.Dispose();
        }
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_redis.Value is null || Volatile.Read(ref _awayUntil) != 0
            ? HealthCheckResult.Degraded("Redis is away: rate limits hold per replica.")
            : HealthCheckResult.Healthy("Rate limits hold over all replicas."));

    private (string Key, string Policy, TokenBucket Bucket) Resolve(RateLimitDraw draw)
    {
        if (!options.Value.Policies.TryGetValue(draw.Policy, out var policy))
        {
            throw new InvalidOperationException($"There is no rate limit policy '{draw.Policy}'; those of {RateLimitOptions.SectionName}:Policies are known.");
        }

        return ($"{options.Value.KeyPrefix}{draw.Policy}:{draw.Subject}", draw.Policy, new TokenBucket(draw.Permits ?? policy.Permits, policy.Window, policy.Refills, draw.Tokens));
    }

    private void ComeBack()
    {
        if (Interlocked.Exchange(ref _awayUntil, 0) != 0)
        {
            local.Forget();
            RateLimitLog.CameBack(logger);
        }
    }

    private void FallBack(Exception exception)
    {
        if (Interlocked.Exchange(ref _awayUntil, (time.GetUtcNow() + options.Value.RedisRetryAfter).Ticks) == 0)
        {
            RateLimitLog.FellBack(logger, exception.Message);
        }
    }
}
