using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Capibara6.Core.RateLimiting;

/// <summary>
/// How many processes hold the limits, as Redis last knew: each says that it lives every few seconds, from its first decision on.
/// While Redis is away, the number that was known last stays.
/// </summary>
internal sealed class LiveReplicas(
    IServiceProvider services, IOptions<RateLimitOptions> options, TimeProvider time, ILogger<LiveReplicas> logger) : BackgroundService
{
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_lifetime = TimeSpan.FromSeconds(10);
    private readonly string _id = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lazy<IConnectionMultiplexer?> _redis = new(services.GetService<IConnectionMultiplexer>);
    private int _known;

    /// <summary>At least 1; as configured until Redis has said.</summary>
    public int Count => Volatile.Read(ref _known) is > 0 and var known ? known : options.Value.Replicas;

    private RedisKey Key => $"{options.Value.KeyPrefix}replicas";

    /// <summary>From now on this process counts.</summary>
    public void Join() => _joined.TrySetResult();

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (Volatile.Read(ref _known) == 0)
        {
            return;
        }

        try
        {
            _redis.Value!.GetDatabase().SortedSetRemove(Key, _id, CommandFlags.FireAndForget);
        }
        catch (Exception exception) when (exception is RedisException or ObjectDisposedException)
        {
            // It is forgotten by itself within the lifetime.
            RateLimitLog.RenewalFailed(logger, exception.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _joined.Task.WaitAsync(stoppingToken);
        while (_redis.Value is { } redis)
        {
            try
            {
                RedisValue[] values = [_id, (long)s_lifetime.TotalMilliseconds];
                Volatile.Write(ref _known, Math.Max(1, (int)await redis.GetDatabase().ScriptEvaluateAsync(RateLimitScripts.Beat, [Key], values)));
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                RateLimitLog.RenewalFailed(logger, exception.Message);
            }

            await Task.Delay(s_beat, time, stoppingToken);
        }
    }
}
