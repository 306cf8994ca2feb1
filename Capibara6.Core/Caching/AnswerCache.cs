using System.Diagnostics.Metrics;
using Capibara6.Core.Identity;
using Capibara6.Core.Queries;
using Capibara6.Core.Redis;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Caching;

/// <inheritdoc cref="IAnswerCache"/>
internal sealed class AnswerCache : IAnswerCache, IAsyncDisposable
{
    private static readonly Meter s_meter = new("Capibara6.Caching");

    private static readonly Counter<long> s_lookups = s_meter.CreateCounter<long>(
        "capibara6.cache.lookups", unit: "{lookup}", description: "Look-ups of answers, by result.");

    private static readonly HybridCacheEntryOptions s_lookOnly = new() { Flags = HybridCacheEntryFlags.DisableUnderlyingData };

    // With Redis away the shared level is left out: nothing is serialised for nobody.
    private static readonly HybridCacheEntryOptions s_lookOnlyHere = new()
    {
        Flags = HybridCacheEntryFlags.DisableUnderlyingData | HybridCacheEntryFlags.DisableDistributedCache,
    };

    // Nothing is looked up and nothing is written: those who ask at the same time wait for one who makes.
    private static readonly HybridCacheEntryOptions s_together = new()
    {
        Flags = HybridCacheEntryFlags.DisableLocalCache | HybridCacheEntryFlags.DisableDistributedCache,
    };

    private readonly ServiceProvider _own;
    private readonly HybridCache _cache;
    private readonly IMemoryCache _memory;
    private long _hits;
    private long _misses;
    private readonly AnswerCacheVersion _version;
    private readonly RedisLink _redis;
    private readonly AnswerFlight _flight;
    private readonly HybridCacheEntryOptions _everywhere;
    private readonly HybridCacheEntryOptions _here;
    private readonly bool _shared;

    public AnswerCache(
        RedisLink redis, AnswerCacheVersion version, IOptions<AnswerCacheOptions> options, TimeProvider time, ILoggerFactory loggers)
    {
        _version = version;
        _redis = redis;
        _flight = new AnswerFlight(redis, time);
        _shared = options.Value.Scope == AnswerCacheScope.Shared;
        _everywhere = new() { Expiration = options.Value.Lifetime, LocalCacheExpiration = options.Value.LocalLifetime };
        _here = new() { Expiration = options.Value.Lifetime, LocalCacheExpiration = options.Value.LocalLifetime, Flags = HybridCacheEntryFlags.DisableDistributedCache };

        // A container of its own: the bound on entries and the store are this cache's, not those of every user of
        // IMemoryCache and IDistributedCache in the host.
        var services = new ServiceCollection();
        services.AddSingleton(time);
        services.AddSingleton(loggers);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddMemoryCache(memory =>
        {
            memory.SizeLimit = options.Value.LocalEntries;
            memory.TrackStatistics = true;
        });
        services.AddSingleton<IDistributedCache>(new RedisAnswerStore(redis));
        services.AddHybridCache(hybrid => hybrid.MaximumPayloadBytes = 8 * 1024 * 1024)
            .AddSerializer<CachedAnswer, CachedAnswerSerializer>()
            .AddSerializer<KeptReply, KeptReplySerializer>();
        _own = services.BuildServiceProvider();
        _cache = _own.GetRequiredService<HybridCache>();
        _memory = _own.GetRequiredService<IMemoryCache>();
    }

    /// <summary>Where the answer to this request is kept.</summary>
    public string KeyOf(QueryRequest request) => AnswerKey.Of(request, ScopeOf(request.Caller));

    /// <summary>Whose answers a caller finds: an account's, or <see cref="Guid.Empty"/> for everybody's.</summary>
    public Guid ScopeOf(Caller caller) => _shared ? Guid.Empty : caller.AccountId;

    /// <summary>The answer if it is there; nothing is made.</summary>
    /// <param name="counts">Whether an answer counts; null when any does.</param>
    public async ValueTask<T?> FindAsync<T>(string key, CancellationToken cancellationToken, Func<T, bool>? counts = null)
        where T : class
    {
        var answer = await LookAsync<T>(_version.Qualify(key), _redis.IsUsable ? s_lookOnly : s_lookOnlyHere, cancellationToken);
        answer = answer is not null && counts?.Invoke(answer) is false ? null : answer;
        Count(answer is not null);
        return answer;
    }

    /// <summary>
    /// The answer if it is there, else what <paramref name="make"/> makes: once, however many ask for it at the same time, on all
    /// replicas while Redis is there. What it throws, all who wait get; it is cancelled only when all of them have left.
    /// </summary>
    public async ValueTask<MadeAnswer> FindOrMakeAsync<TState>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<MadeAnswer>> make, CancellationToken cancellationToken)
        where TState : IAnswerMaker
    {
        var name = _version.Qualify(key);
        var found = await LookAsync<CachedAnswer>(name, _redis.IsUsable ? s_lookOnly : s_lookOnlyHere, cancellationToken);
        if (found is not null && state.Takes(found))
        {
            Count(hit: true);
            return new MadeAnswer(found, Failure: null, IsKept: true);
        }

        var made = await _cache.GetOrCreateAsync(
            name,
            (state, make, name, cache: this),
            static (flight, token) => flight.cache.MakeOnceAsync(flight.name, flight.state, flight.make, token),
            s_together,
            tags: null,
            cancellationToken);
        if (made.Answer is not null)
        {
            Count(hit: !state.Makes);
        }

        return made;
    }

    public ValueTask StoreAsync<T>(string key, T answer, CancellationToken cancellationToken) =>
        _cache.SetAsync(_version.Qualify(key), answer, Reach(), tags: null, cancellationToken);

    public Task ClearAsync(CancellationToken cancellationToken) => _version.ChangeAsync(cancellationToken);

    public ValueTask DisposeAsync() => _own.DisposeAsync();

    private async ValueTask<MadeAnswer> MakeOnceAsync<TState>(
        string name, TState state, Func<TState, CancellationToken, ValueTask<MadeAnswer>> make, CancellationToken cancellationToken)
        where TState : IAnswerMaker
    {
        // Another may have made it since this one looked.
        if (await LookAsync<CachedAnswer>(name, s_lookOnlyHere, cancellationToken) is { } answer && state.Takes(answer))
        {
            return new MadeAnswer(answer, Failure: null, IsKept: true);
        }

        return await _flight.MakeAsync(
            name,
            state,
            async (state, token) =>
            {
                state.Makes = true;
                var made = await make(state, token);
                if (made.IsKept)
                {
                    await _cache.SetAsync(name, made.Answer!, Reach(), tags: null, CancellationToken.None);
                }

                return made;
            },
            cancellationToken);
    }

    private ValueTask<T?> LookAsync<T>(string name, HybridCacheEntryOptions where, CancellationToken cancellationToken)
        where T : class =>
        _cache.GetOrCreateAsync(name, static _ => ValueTask.FromResult<T?>(null), where, tags: null, cancellationToken);

    private HybridCacheEntryOptions Reach() => _redis.IsUsable ? _everywhere : _here;

    public AnswerCacheStatistics Statistics => new(
        Interlocked.Read(ref _hits), Interlocked.Read(ref _misses), _memory.GetCurrentStatistics()?.CurrentEntryCount ?? 0, _redis.IsUsable);

    private void Count(bool hit)
    {
        Interlocked.Increment(ref hit ? ref _hits : ref _misses);
        s_lookups.Add(1, new KeyValuePair<string, object?>("result", hit ? "hit" : "miss"));
    }
}

/// <summary>Asks the cache for an answer and may be the one who has to make it.</summary>
internal interface IAnswerMaker
{
    /// <summary>Set by the cache when this one makes the answer, rather than getting another's.</summary>
    bool Makes { get; set; }

    /// <summary>Whether an answer that was kept will do.</summary>
    bool Takes(CachedAnswer answer);
}
