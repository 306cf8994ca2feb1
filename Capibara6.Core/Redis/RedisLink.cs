using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Capibara6.Core.Redis;

/// <summary>
/// The shared Redis, which may be away at any time: a command is either answered soon or not at all. After trouble it is
/// left alone for a moment, so that nobody waits for it again and again.
/// </summary>
internal sealed class RedisLink
{
    /// <summary>Longest that a caller waits for a command. Far above a healthy round trip, far below what a person notices.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(400);

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);

    /// <summary>How long a first connection may take before it is worth a word: a service that has just started says nothing of a Redis that starts beside it.</summary>
    private static readonly TimeSpan s_firstConnection = TimeSpan.FromSeconds(10);

    private readonly IConnectionMultiplexer? _multiplexer;
    private readonly string _prefix;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisLink> _logger;
    private readonly long _startedAt;
    private long _pausedUntil = long.MinValue;
    private int _away;
    private volatile bool _seen;
    private string _failure = "not connected";

    /// <param name="multiplexer">Null where the host has no Redis: everything then goes on without.</param>
    public RedisLink(IConnectionMultiplexer? multiplexer, IOptions<RedisOptions> options, TimeProvider time, ILogger<RedisLink> logger)
    {
        _multiplexer = multiplexer;
        _prefix = options.Value.KeyPrefix;
        _time = time;
        _startedAt = time.GetTimestamp();
        _logger = logger;
        if (multiplexer is not null)
        {
            RedisTelemetry.Start();
            multiplexer.ConnectionFailed += (_, failure) => _failure = failure.FailureType.ToString();
        }
    }

    /// <summary>Commands are worth a try now.</summary>
    public bool IsUsable => _multiplexer is { IsConnected: true } && _time.GetTimestamp() >= Volatile.Read(ref _pausedUntil);

    /// <summary>The name of a key as it stands in Redis.</summary>
    public RedisKey Key(string name) => _prefix + name;

    /// <summary>Runs a command.</summary>
    /// <param name="fallback">The value when Redis is away.</param>
    public async ValueTask<T> TryAsync<T, TState>(
        Func<IDatabase, TState, Task<T>> command, TState state, T fallback, CancellationToken cancellationToken)
    {
        if (!IsUsable)
        {
            RedisTelemetry.Skipped();
            MarkAway(_failure);
            return fallback;
        }

        try
        {
            var value = await command(_multiplexer!.GetDatabase(), state).WaitAsync(s_patience, _time, cancellationToken);
            MarkThere();
            return value;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            Volatile.Write(ref _pausedUntil, _time.GetTimestamp() + (long)(s_pause.TotalSeconds * _time.TimestampFrequency));
            RedisTelemetry.Failed();
            MarkAway(exception.GetType().Name);
            return fallback;
        }
    }

    /// <summary>Sends a message to all replicas without waiting for it; true when it was sent.</summary>
    public async ValueTask<bool> PublishAsync(string channel, RedisValue message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_multiplexer is not { IsConnected: true })
        {
            return false;
        }

        try
        {
            await _multiplexer.GetSubscriber().PublishAsync(ChannelOf(channel), message, CommandFlags.FireAndForget);
            return true;
        }
        catch (Exception exception) when (exception is RedisException or ObjectDisposedException)
        {
            MarkAway(exception.GetType().Name);
            return false;
        }
    }

    /// <summary>
    /// Subscribes for as long as the process lives: the driver subscribes anew after each reconnection, also when Redis is
    /// away now. Messages sent meanwhile are lost, so a subscriber must not depend on them alone.
    /// </summary>
    public void Subscribe(string channel, Action<RedisValue> handler)
    {
        if (_multiplexer is null)
        {
            return;
        }

        // Not awaited: with Redis away the driver would hold the caller until it returns, and subscribes then all the same.
        _ = SubscribeAsync(ChannelOf(channel), handler);
    }

    private RedisChannel ChannelOf(string name) => RedisChannel.Literal(_prefix + name);

    private async Task SubscribeAsync(RedisChannel channel, Action<RedisValue> handler)
    {
        try
        {
            await _multiplexer!.GetSubscriber().SubscribeAsync(channel, (_, message) => handler(message), CommandFlags.FireAndForget);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            RedisLog.SubscriptionFailed(_logger, channel.ToString(), exception.GetType().Name);
        }
    }

    private void MarkAway(string reason)
    {
        if (!_seen && _time.GetElapsedTime(_startedAt) < s_firstConnection)
        {
            return;
        }

        if (_multiplexer is not null && Interlocked.Exchange(ref _away, 1) == 0)
        {
            RedisLog.Lost(_logger, reason);
        }
    }

    private void MarkThere()
    {
        _seen = true;
        if (Volatile.Read(ref _away) == 1 && Interlocked.Exchange(ref _away, 0) == 1)
        {
            RedisLog.Found(_logger);
        }
    }
}
