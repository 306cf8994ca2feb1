using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Capibara6.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Holds the state of every instance, and tells about changes.</summary>
public partial class ResourceNotificationService : IDisposable
{
    private readonly ConcurrentDictionary<string, ResourceState> _states = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _watchersGate = new();
    private readonly List<Channel<ResourceEvent>> _watchers = [];
    private readonly ILogger<ResourceNotificationService> _logger;
    private readonly IServiceProvider _services;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _disposing = new();
    private readonly CancellationToken _stopping;

    public ResourceNotificationService(
        ILogger<ResourceNotificationService> logger, IHostApplicationLifetime hostApplicationLifetime, IServiceProvider serviceProvider,
        IOptions<ResourceNotificationServiceOptions> options, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(hostApplicationLifetime);
        ArgumentNullException.ThrowIfNull(options);
        _logger = logger;
        _services = serviceProvider;
        _time = timeProvider;
        DefaultWaitBehavior = options.Value.DefaultWaitBehavior;
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(_disposing.Token, hostApplicationLifetime.ApplicationStopping).Token;
    }

    internal WaitBehavior DefaultWaitBehavior { get; }

    /// <summary>Changes the state of all instances of a resource.</summary>
    public async Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        ArgumentNullException.ThrowIfNull(resource);
        foreach (var id in ResourceInstances.GetIds(resource))
        {
            await PublishUpdateAsync(resource, id, stateFactory).ConfigureAwait(false);
        }
    }

    /// <summary>Changes the state of one instance.</summary>
    public Task PublishUpdateAsync(IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(resourceId);
        ArgumentNullException.ThrowIfNull(stateFactory);
        var state = _states.GetOrAdd(resourceId, _ => new ResourceState(resource));
        lock (state.Gate)
        {
            var previous = state.Snapshot ?? InitialSnapshots.For(resource, _time);
            var changed = InitialSnapshots.Complete(resource, ForgetHealthOfAnEarlierRun(previous, stateFactory(previous)), _services);
            state.Snapshot = changed;
            if (previous.State?.Text != changed.State?.Text)
            {
                NotificationLog.StateChanged(_logger, resourceId, previous.State?.Text, changed.State?.Text);
            }

            Broadcast(new ResourceEvent(resource, resourceId, changed));
        }

        return Task.CompletedTask;
    }

    /// <summary>The state of an instance as it is now.</summary>
    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        resourceEvent = _states.TryGetValue(resourceId, out var state) && state.Snapshot is { } snapshot
            ? new ResourceEvent(state.Resource, resourceId, snapshot)
            : null;
        return resourceEvent is not null;
    }

    /// <summary>The states of all instances as they are now, and then every change, until cancelled.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var subscription = Subscribe();
        foreach (var current in subscription.Current)
        {
            yield return current;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        await foreach (var change in subscription.Changes.ReadAllAsync(ending.Token).ConfigureAwait(false))
        {
            yield return change;
        }
    }

    /// <summary>The states as they are now, and a reader of every change from now on.</summary>
    internal ResourceSubscription Subscribe()
    {
        // Unbounded: what comes in are state changes of the resources of one program, and dropping one would break waits.
        var channel = Channel.CreateUnbounded<ResourceEvent>(new UnboundedChannelOptions { SingleReader = true });
        lock (_watchersGate)
        {
            _watchers.Add(channel);
        }

        var current = new List<ResourceEvent>();
        foreach (var (id, state) in _states)
        {
            lock (state.Gate)
            {
                if (state.Snapshot is { } snapshot)
                {
                    current.Add(new ResourceEvent(state.Resource, id, snapshot));
                }
            }
        }

        return new ResourceSubscription(current, channel.Reader, () =>
        {
            lock (_watchersGate)
            {
                _watchers.Remove(channel);
            }
        });
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _disposing.Cancel();
        }
    }

    // What was healthy before it stopped has to prove it again.
    private static CustomResourceSnapshot ForgetHealthOfAnEarlierRun(CustomResourceSnapshot previous, CustomResourceSnapshot changed) =>
        changed.State?.Text == KnownResourceStates.Running && previous.State?.Text != KnownResourceStates.Running && !changed.HealthReports.IsDefault
            ? changed with { HealthReports = [.. changed.HealthReports.Select(report => report with { Status = null })] }
            : changed;

    private void Broadcast(ResourceEvent change)
    {
        lock (_watchersGate)
        {
            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryWrite(change);
            }
        }
    }

    private sealed class ResourceState(IResource resource)
    {
        public IResource Resource { get; } = resource;

        public Lock Gate { get; } = new();

        public CustomResourceSnapshot? Snapshot { get; set; }
    }
}
