using Capibara6.Core.Redis;
using Microsoft.Extensions.Caching.Distributed;

namespace Capibara6.Core.Caching;

/// <summary>The shared level of the cache. Away means empty: nothing is found, and what is stored is forgotten.</summary>
internal sealed class RedisAnswerStore(RedisLink redis) : IDistributedCache
{
    private const string Prefix = "answers:";

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default) => await redis.TryAsync(
        static async (database, name) => (byte[]?)await database.StringGetAsync(name), redis.Key(Prefix + key), fallback: null, token);

    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default) =>
        await redis.TryAsync(
            static (database, entry) => database.StringSetAsync(entry.Name, entry.Value, entry.Lifetime),
            (Name: redis.Key(Prefix + key), Value: value, Lifetime: LifetimeOf(options)),
            fallback: false,
            token);

    public async Task RemoveAsync(string key, CancellationToken token = default) => await redis.TryAsync(
        static (database, name) => database.KeyDeleteAsync(name), redis.Key(Prefix + key), fallback: false, token);

    /// <summary>Lifetimes are absolute, so there is nothing to extend.</summary>
    public Task RefreshAsync(string key, CancellationToken token = default) => Task.CompletedTask;

    public byte[]? Get(string key) => GetAsync(key).GetAwaiter().GetResult();

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => SetAsync(key, value, options).GetAwaiter().GetResult();

    public void Remove(string key) => RemoveAsync(key).GetAwaiter().GetResult();

    public void Refresh(string key)
    {
    }

    private static TimeSpan LifetimeOf(DistributedCacheEntryOptions options) => options.AbsoluteExpirationRelativeToNow
        ?? throw new ArgumentException("An answer needs a lifetime from now.", nameof(options));
}
