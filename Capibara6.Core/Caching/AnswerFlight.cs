using System.Buffers;
using Capibara6.Core.Redis;
using StackExchange.Redis;

namespace Capibara6.Core.Caching;

/// <summary>
/// Has an answer made by one replica, however many are asked for it at the same time, as long as Redis is there: the first takes a lock, the
/// others wait for what it hands over. A maker that dies or fails lets go of the lock, and the next one makes.
/// </summary>
internal sealed class AnswerFlight(RedisLink redis, TimeProvider time)
{
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_renewal = TimeSpan.FromSeconds(2);

    /// <summary>Longer than anybody waits between two looks; after it the cache's own level has the answer.</summary>
    private static readonly TimeSpan s_handOver = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMilliseconds(100);

    private readonly CachedAnswerSerializer _serializer = new();

    public async ValueTask<MadeAnswer> MakeAsync<TState>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<MadeAnswer>> make, CancellationToken cancellationToken)
        where TState : IAnswerMaker
    {
        if (!redis.IsUsable)
        {
            return await make(state, cancellationToken);
        }

        var holder = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        var pause = s_firstPause;
        while (true)
        {
            var (made, held) = await LookAsync(key, holder, cancellationToken);
            if (made.HasValue)
            {
                return new MadeAnswer(_serializer.Deserialize(new ReadOnlySequence<byte>((byte[])made!)), Failure: null, IsKept: true);
            }

            if (held)
            {
                return await MakeHeldAsync(key, holder, state, make, cancellationToken);
            }

            await Task.Delay(pause, time, cancellationToken);
            pause = pause < s_longestPause ? pause * 1.5 : s_longestPause;
        }
    }

    /// <summary>What was handed over, and whether the lock is ours; in one trip. With Redis away it is everybody's.</summary>
    private ValueTask<(RedisValue Made, bool Held)> LookAsync(string key, string holder, CancellationToken cancellationToken) => redis.TryAsync(
        static async (database, keys) =>
        {
            var held = database.StringSetAsync(keys.Lock, keys.Holder, s_lease, when: When.NotExists);
            var made = await database.StringGetAsync(keys.Made);
            if (made.HasValue && await held)
            {
                await database.LockReleaseAsync(keys.Lock, keys.Holder);
            }

            return (made, await held);
        },
        (Lock: Lock(key), Made: Made(key), Holder: (RedisValue)holder),
        fallback: (RedisValue.Null, true),
        cancellationToken);

    private async ValueTask<MadeAnswer> MakeHeldAsync<TState>(
        string key, string holder, TState state, Func<TState, CancellationToken, ValueTask<MadeAnswer>> make, CancellationToken cancellationToken)
    {
        using var ended = new CancellationTokenSource();
        var renewing = RenewAsync(key, holder, ended.Token);
        var answer = RedisValue.Null;
        try
        {
            var made = await make(state, cancellationToken);
            if (made.IsKept)
            {
                var bytes = new ArrayBufferWriter<byte>();
                _serializer.Serialize(made.Answer!, bytes);
                answer = bytes.WrittenMemory;
            }

            return made;
        }
        finally
        {
            await ended.CancelAsync();
            await renewing;
            await EndAsync(key, holder, answer);
        }
    }

    private async Task RenewAsync(string key, string holder, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(s_renewal, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                await redis.TryAsync(
                    static (database, own) => database.LockExtendAsync(own.Lock, own.Holder, s_lease), (Lock: Lock(key), Holder: (RedisValue)holder), fallback: false, ended);
            }
        }
        catch (OperationCanceledException)
        {
            // The answer is made, or won't be.
        }
    }

    private async ValueTask EndAsync(string key, string holder, RedisValue answer) => await redis.TryAsync(
        static async (database, own) =>
        {
            var handed = own.Answer.IsNull ? Task.FromResult(true) : database.StringSetAsync(own.Made, own.Answer, s_handOver);
            await database.LockReleaseAsync(own.Lock, own.Holder);
            return await handed;
        },
        (Lock: Lock(key), Made: Made(key), Holder: (RedisValue)holder, Answer: answer),
        fallback: false,
        CancellationToken.None);

    private RedisKey Lock(string key) => redis.Key("answer-lock:" + key);

    private RedisKey Made(string key) => redis.Key("answer-made:" + key);
}
