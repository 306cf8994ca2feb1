using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Capibara6.Core.RateLimiting;

/// <summary>
/// Asks Redis once before the first request does: it would wait for the connection, the script and the compiler, and so be decided by this
/// replica alone. A Redis that is away holds nothing up.
/// </summary>
internal sealed class RateLimitWarmup(RedisRateLimiter shared, IServiceProvider services, IOptions<RateLimitOptions> options, TimeProvider time) : IHostedService
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Enabled)
        {
            var asked = Task.Run(AskAsync, cancellationToken);
            await asked.WaitAsync(s_patience, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task AskAsync()
    {
        if (services.GetService<IConnectionMultiplexer>() is { IsConnected: true } redis)
        {
            await shared.AcquireAsync(
                redis.GetDatabase(), [($"{options.Value.KeyPrefix}warm-up", "warm-up", new TokenBucket(1, TimeSpan.FromSeconds(1), 1))], null, 0);
        }
    }
}
