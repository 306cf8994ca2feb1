using System.Threading.Channels;
using Capibara6.Core.Redis;
using StackExchange.Redis;

namespace Capibara6.Core.Jobs;

/// <inheritdoc cref="IJobSignal"/>
internal sealed class JobSignal : IJobSignal
{
    private const string ChannelName = "jobs";
    private const string CancelChannelName = "jobs-cancelled";

    private readonly RedisLink _redis;
    private readonly TimeProvider _time;

    // Bound: any number of signals is one reason to look.
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int _subscribed;
    private Action<Guid>? _cancelled;

    public JobSignal(RedisLink redis, TimeProvider time)
    {
        _redis = redis;
        _time = time;
    }

    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        // Only who waits listens: the APIs notify and never wait.
        if (Interlocked.Exchange(ref _subscribed, 1) == 0)
        {
            _redis.Subscribe(ChannelName, _ => Signal());
        }

        using var timeout = new CancellationTokenSource(longest, _time);
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

    public async Task NotifyAsync(CancellationToken cancellationToken)
    {
        Signal();
        await _redis.PublishAsync(ChannelName, RedisValue.EmptyString, cancellationToken);
    }

    public async Task NotifyCancelledAsync(Guid batchId, CancellationToken cancellationToken)
    {
        _cancelled?.Invoke(batchId);
        await _redis.PublishAsync(CancelChannelName, batchId.ToString(), cancellationToken);
    }

    public void OnCancelled(Action<Guid> handler)
    {
        _cancelled += handler;
        _redis.Subscribe(CancelChannelName, message =>
        {
            if (Guid.TryParse((string?)message, out var batchId))
            {
                handler(batchId);
            }
        });
    }

    private void Signal() => _signals.Writer.TryWrite(true);
}
