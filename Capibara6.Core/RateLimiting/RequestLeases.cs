using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Capibara6.Core.RateLimiting;

/// <summary>
/// The places that this process's requests hold. They are renewed while the request runs, so a stream may last for
/// hours, and they end by themselves when the process dies.
/// </summary>
internal sealed class RequestLeases(
    IServiceProvider services, IOptions<RateLimitOptions> options, TimeProvider time, ILogger<RequestLeases> logger) : BackgroundService
{
    // Bounded by the requests in flight.
    private readonly ConcurrentDictionary<string, string> _held = new(StringComparer.Ordinal);
    private readonly Lazy<IConnectionMultiplexer?> _redis = new(services.GetService<IConnectionMultiplexer>);

    public IDisposable Hold(string running, string id)
    {
        _held[id] = running;
        return new Lease(this, running, id);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(options.Value.ConcurrencyLease / 3, time, stoppingToken);
            if (_held.IsEmpty || _redis.Value is not { } redis)
            {
                continue;
            }

            try
            {
                await RenewAsync(redis.GetDatabase());
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                RateLimitLog.RenewalFailed(logger, exception.Message);
            }
        }
    }

    private async Task RenewAsync(IDatabase redis)
    {
        foreach (var set in _held.GroupBy(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal))
        {
            RedisValue[] values = [(long)options.Value.ConcurrencyLease.TotalMilliseconds, .. set.Select(id => (RedisValue)id)];
            await redis.ScriptEvaluateAsync(RateLimitScripts.Renew, [set.Key], values);
        }
    }

    private void Release(string running, string id)
    {
        if (!_held.TryRemove(id, out _) || _redis.Value is not { } redis)
        {
            return;
        }

        try
        {
            redis.GetDatabase().SortedSetRemove(running, id, CommandFlags.FireAndForget);
        }
        catch (Exception exception) when (exception is RedisException or ObjectDisposedException)
        {
            // The place ends by itself within the lease.
            RateLimitLog.RenewalFailed(logger, exception.Message);
        }
    }

    private sealed class Lease(RequestLeases owner, string running, string id) : IDisposable
    {
        public void Dispose() => owner.Release(running, id);
    }
}
