using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Capibara6.Core.Redis;

namespace Capibara6.Core.Jobs;

/// <inheritdoc cref="IBatchNews"/>
internal sealed class BatchNews(RedisLink redis, TimeProvider time) : IBatchNews
{
    private const string ChannelName = "batches";
    private const int PatienceWithRedis = 10;

    private readonly ConcurrentDictionary<Watcher, Guid> _watchers = new();
    private int _subscribed;

    public IBatchWatch Watch(Guid batchId)
    {
        // Only who watches listens: workers tell and never watch.
        if (Interlocked.Exchange(ref _subscribed, 1) == 0)
        {
            redis.Subscribe(ChannelName, message => Signal(MemoryMarshal.Cast<byte, Guid>((byte[]?)message ?? [])));
        }

        var watcher = new Watcher(this);
        _watchers[watcher] = batchId;
        return watcher;
    }

    public async Task TellAsync(IReadOnlyCollection<Guid> batchIds, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. batchIds];
        Signal(ids);
        await redis.PublishAsync(ChannelName, MemoryMarshal.AsBytes(ids.AsSpan()).ToArray(), cancellationToken);
    }

    private void Signal(ReadOnlySpan<Guid> batchIds)
    {
        foreach (var (watcher, batchId) in _watchers)
        {
            if (batchIds.Contains(batchId))
            {
                watcher.Signal();
            }
        }
    }

    private sealed class Watcher(BatchNews news) : IBatchWatch
    {
        // Bound: any number of news is one reason to look.
        private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        public async Task WaitAsync(TimeSpan interval, CancellationToken cancellationToken)
        {
            using var timeout = new CancellationTokenSource(news.Redis.IsUsable ? interval * PatienceWithRedis : interval, news.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            try
            {
                await _signals.Reader.ReadAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Time to look.
            }
        }

        public void Signal() => _signals.Writer.TryWrite(true);

        public void Dispose() => news._watchers.TryRemove(this, out _);
    }

    private RedisLink Redis => redis;

    private TimeProvider Time => time;
}
