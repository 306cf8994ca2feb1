using Capibara6.Core.Redis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Capibara6.Core.Caching;

/// <summary>
/// The part of every cache key that changes when the cache is cleared: what was stored under another version is never found
/// again, and ends with its lifetime. Replicas share the version through Redis; they hear of a change by message, and look
/// for one every few seconds in case they missed it.
/// </summary>
internal sealed class AnswerCacheVersion(RedisLink redis, TimeProvider time, ILogger<AnswerCacheVersion> logger) : BackgroundService
{
    private const string Key = "answers-version";
    private const string Channel = "answers-cleared";
    private const string InitialVersion = "0";

    private static readonly TimeSpan s_cadence = TimeSpan.FromSeconds(5);

    private volatile string _current = InitialVersion;

    // Cleared here, and not yet known to Redis.
    private volatile bool _unshared;

    public string Qualify(string key) => $"{_current}:{key}";

    public async Task ChangeAsync(CancellationToken cancellationToken)
    {
        _unshared = true;
        _current = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        CachingLog.Cleared(logger);
        await ShareAsync(cancellationToken);
    }

    /// <summary>Takes over what the others have agreed on, or tells them what they don't know yet.</summary>
    internal async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (_unshared)
        {
            await ShareAsync(cancellationToken);
            return;
        }

        var current = _current;
        var shared = await redis.TryAsync(
            static async (database, own) =>
            {
                // A Redis that came back empty has lost the version too: the first to notice writes its own again.
                await database.StringSetAsync(own.Key, own.Version, when: When.NotExists);
                return (string?)await database.StringGetAsync(own.Key);
            },
            (Key: redis.Key(Key), Version: current),
            fallback: null,
            cancellationToken);
        Take(shared, insteadOf: current);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        redis.Subscribe(Channel, version => Take((string?)version, insteadOf: null));
        using var timer = new PeriodicTimer(s_cadence, time);
        do
        {
            await RefreshAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ShareAsync(CancellationToken cancellationToken)
    {
        var version = _current;
        var shared = await redis.TryAsync(
            static (database, own) => database.StringSetAsync(own.Key, own.Version), (Key: redis.Key(Key), Version: version), fallback: false, cancellationToken);
        if (shared)
        {
            _unshared = false;
            await redis.PublishAsync(Channel, version, cancellationToken);
        }
    }

    /// <param name="insteadOf">Only if this is still the version; null for whatever it is.</param>
    private void Take(string? version, string? insteadOf)
    {
        // A clear of one's own that nobody knows yet must not be undone by an older version.
        if (version is { Length: > 0 } && !_unshared && (insteadOf is null || _current == insteadOf))
        {
            _current = version;
        }
    }
}
