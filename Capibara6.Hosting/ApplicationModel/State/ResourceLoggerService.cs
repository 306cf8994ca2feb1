using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Capibara6.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>One line of a resource's log.</summary>
/// <param name="LineNumber">From 1.</param>
/// <param name="Content">The text, with the time in front.</param>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

/// <summary>Whether anybody reads the log of an instance.</summary>
public readonly record struct LogSubscriber(string Name, bool AnySubscribers);

/// <summary>Keeps the last lines of every instance's log, and gives them to who wants to read.</summary>
public class ResourceLoggerService
{
    private readonly ConcurrentDictionary<string, ResourceLog> _logs = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _subscribersGate = new();
    private readonly List<Channel<LogSubscriber>> _subscriberWatchers = [];
    private readonly TimeProvider _time;
    private Func<string, IReadOnlyList<string>> _expand = static name => [name];

    public ResourceLoggerService() : this(TimeProvider.System)
    {
    }

    internal ResourceLoggerService(TimeProvider timeProvider) => _time = timeProvider;

    /// <summary>Told about every line, besides those who watch.</summary>
    internal Action<string, LogLine>? LineWritten { get; set; }

    /// <summary>A logger that writes to the logs of all instances of the resource.</summary>
    public ILogger GetLogger(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return new ResourceLogger(this, () => ResourceInstances.GetIds(resource));
    }

    /// <summary>A logger that writes to the log of one instance.</summary>
    public ILogger GetLogger(string resourceName)
    {
        ArgumentNullException.ThrowIfNull(resourceName);
        return new ResourceLogger(this, () => [resourceName]);
    }

    /// <summary>The lines that are kept, and then every new one, until the log is complete.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return WatchAsync(ResourceInstances.GetIds(resource));
    }

    /// <inheritdoc cref="WatchAsync(IResource)"/>
    /// <param name="resourceName">An instance's identifier, or a resource's name for all its instances.</param>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName)
    {
        ArgumentNullException.ThrowIfNull(resourceName);
        return WatchAsync(_expand(resourceName));
    }

    /// <summary>The lines that are kept.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return GetAllAsync(ResourceInstances.GetIds(resource));
    }

    /// <inheritdoc cref="GetAllAsync(IResource)"/>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName)
    {
        ArgumentNullException.ThrowIfNull(resourceName);
        return GetAllAsync(_expand(resourceName));
    }

    /// <summary>Tells readers that no more lines come.</summary>
    public void Complete(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        foreach (var id in ResourceInstances.GetIds(resource))
        {
            Complete(id);
        }
    }

    public void Complete(string name) => Log(name).Complete();

    /// <summary>Forgets the lines that are kept.</summary>
    public void ClearBacklog(string resourceName)
    {
        foreach (var id in _expand(resourceName))
        {
            Log(id).Clear();
        }
    }

    /// <summary>Says for each instance when its first reader comes and its last one leaves.</summary>
    public async IAsyncEnumerable<LogSubscriber> WatchAnySubscribersAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<LogSubscriber>();
        lock (_subscribersGate)
        {
            _subscriberWatchers.Add(channel);
        }

        try
        {
            foreach (var (name, log) in _logs.Where(entry => entry.Value.HasSubscribers))
            {
                yield return new LogSubscriber(name, log.HasSubscribers);
            }

            await foreach (var change in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return change;
            }
        }
        finally
        {
            lock (_subscribersGate)
            {
                _subscriberWatchers.Remove(channel);
            }
        }
    }

    /// <summary>Says which instances a resource's name stands for.</summary>
    internal void UseModel(DistributedApplicationModel model) => _expand = name =>
        model.Resources.TryGetByName(name, out var resource) ? ResourceInstances.GetIds(resource) : [name];

    /// <summary>Writes lines as they came from the instance; the time is put in front.</summary>
    internal void Append(string resourceId, string content, bool isError)
    {
        var line = Log(resourceId).Append(_time.GetUtcNow(), content, isError);
        LineWritten?.Invoke(resourceId, line);
    }

    private async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(
        IReadOnlyList<string> ids, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var subscription = new LogSubscription(ids.Select(Log));
        await foreach (var lines in subscription.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return lines;
        }
    }

    private async IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IReadOnlyList<string> ids)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var id in ids)
        {
            if (Log(id).Backlog() is { Count: > 0 } lines)
            {
                yield return lines;
            }
        }
    }

    private ResourceLog Log(string id) => _logs.GetOrAdd(id, static (name, service) => new ResourceLog(any => service.TellSubscribers(name, any)), this);

    private void TellSubscribers(string name, bool any)
    {
        lock (_subscribersGate)
        {
            foreach (var watcher in _subscriberWatchers)
            {
                watcher.Writer.TryWrite(new LogSubscriber(name, any));
            }
        }
    }
}
