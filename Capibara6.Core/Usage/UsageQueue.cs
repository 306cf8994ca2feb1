using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Usage;

/// <summary>Answered queries on their way to the database. Adding never waits: an answer is not held up by its bookkeeping.</summary>
internal sealed class UsageQueue(IOptions<UsageOptions> options, ILogger<UsageQueue> logger)
{
    private static readonly Meter s_meter = new("Capibara6.Usage");

    private static readonly Counter<long> s_lost = s_meter.CreateCounter<long>(
        "capibara6.usage.lost", unit: "{query}", description: "Answered queries that could not be written down.");

    // Bound: UsageOptions.QueueLength, about 300 bytes each.
    private readonly Channel<AnsweredQuery> _rows = Channel.CreateBounded<AnsweredQuery>(new BoundedChannelOptions(options.Value.QueueLength)
    {
        FullMode = BoundedChannelFullMode.Wait,
        SingleReader = true,
    });

    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _full;

    public ChannelReader<AnsweredQuery> Reader => _rows.Reader;

    /// <summary>Ends when the queue was closed.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Takes a row, or counts it as lost when the queue is full or closed.</summary>
    public void Add(AnsweredQuery row)
    {
        if (_rows.Writer.TryWrite(row))
        {
            if (Volatile.Read(ref _full) == 1)
            {
                Volatile.Write(ref _full, 0);
            }

            return;
        }

        s_lost.Add(1);
        if (Interlocked.Exchange(ref _full, 1) == 0)
        {
            UsageLog.QueueFull(logger, options.Value.QueueLength);
        }
    }

    /// <summary>Takes no more rows; the reader sees the end after the last one.</summary>
    public void Close()
    {
        _rows.Writer.TryComplete();
        _closed.TrySetResult();
    }

    public static void CountLost(int rows) => s_lost.Add(rows);
}
