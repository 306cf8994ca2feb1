using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>The last lines of one instance's log, and who reads them.</summary>
internal sealed class ResourceLog(Action<bool> subscribersChanged)
{
    /// <summary>Older lines are forgotten.</summary>
    public const int MaxLines = 10_000;

    private readonly Lock _gate = new();
    private readonly Queue<LogLine> _lines = new();
    private readonly List<ChannelWriter<LogLine>> _readers = [];
    private int _lastLineNumber;
    private bool _completed;

    public bool HasSubscribers
    {
        get
        {
            lock (_gate)
            {
                return _readers.Count > 0;
            }
        }
    }

    public LogLine Append(DateTimeOffset time, string content, bool isError)
    {
        var stamped = string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fff}Z {content}");
        lock (_gate)
        {
            // An instance that writes again was started again.
            _completed = false;
            var line = new LogLine(++_lastLineNumber, stamped, isError);
            if (_lines.Count == MaxLines)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(line);
            foreach (var reader in _readers)
            {
                reader.TryWrite(line);
            }

            return line;
        }
    }

    public IReadOnlyList<LogLine> Backlog()
    {
        lock (_gate)
        {
            return [.. _lines];
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _lines.Clear();
            _lastLineNumber = 0;
        }
    }

    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            foreach (var reader in _readers)
            {
                reader.TryComplete();
            }
        }
    }

    /// <summary>The backlog at this moment; every later line goes to the reader.</summary>
    public IReadOnlyList<LogLine> Subscribe(ChannelWriter<LogLine> reader)
    {
        bool first;
        LogLine[] backlog;
        lock (_gate)
        {
            backlog = [.. _lines];
            _readers.Add(reader);
            first = _readers.Count == 1;
            if (_completed)
            {
                reader.TryComplete();
            }
        }

        if (first)
        {
            subscribersChanged(true);
        }

        return backlog;
    }

    public void Unsubscribe(ChannelWriter<LogLine> reader)
    {
        bool last;
        lock (_gate)
        {
            last = _readers.Remove(reader) && _readers.Count == 0;
        }

        if (last)
        {
            subscribersChanged(false);
        }
    }
}

/// <summary>Reads the logs of one or more instances.</summary>
internal sealed class LogSubscription : IDisposable
{
    private readonly List<(ResourceLog Log, Channel<LogLine> Channel)> _sources = [];
    private readonly List<IReadOnlyList<LogLine>> _backlogs = [];

    public LogSubscription(IEnumerable<ResourceLog> logs)
    {
        foreach (var log in logs)
        {
            // A reader that can't keep up loses the oldest lines, as the backlog does.
            var channel = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(ResourceLog.MaxLines) { FullMode = BoundedChannelFullMode.DropOldest });
            _backlogs.Add(log.Subscribe(channel.Writer));
            _sources.Add((log, channel));
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var backlog in _backlogs.Where(lines => lines.Count > 0))
        {
            yield return backlog;
        }

        var merged = Channel.CreateBounded<IReadOnlyList<LogLine>>(1);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pumps = Task.WhenAll(_sources.Select(source => PumpAsync(source.Channel.Reader, merged.Writer, ending.Token)));
        _ = pumps.ContinueWith(_ => merged.Writer.TryComplete(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            await foreach (var lines in merged.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return lines;
            }
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await pumps.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        foreach (var (log, channel) in _sources)
        {
            log.Unsubscribe(channel.Writer);
        }
    }

    private static async Task PumpAsync(ChannelReader<LogLine> reader, ChannelWriter<IReadOnlyList<LogLine>> writer, CancellationToken cancellationToken)
    {
        while (await reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var lines = new List<LogLine>();
            while (lines.Count < ResourceLog.MaxLines && reader.TryRead(out var line))
            {
                lines.Add(line);
            }

            await writer.WriteAsync(lines, cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <summary>Writes log messages into the logs of instances.</summary>
internal sealed class ResourceLogger(ResourceLoggerService service, Func<IReadOnlyList<string>> ids) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel is not LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var message = formatter(state, exception) + (exception is null ? string.Empty : Environment.NewLine + exception);
        foreach (var id in ids())
        {
            service.Append(id, message, logLevel >= LogLevel.Error);
        }
    }
}
