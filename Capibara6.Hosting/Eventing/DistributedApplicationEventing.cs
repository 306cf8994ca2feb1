using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.Eventing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aspire.Hosting.Eventing;

/// <inheritdoc cref="IDistributedApplicationEventing"/>
public class DistributedApplicationEventing : IDistributedApplicationEventing
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Type, List<DistributedApplicationEventSubscription>> _subscriptions = [];

    /// <summary>Where failures of handlers go that nobody waits for.</summary>
    internal ILogger Logger { get; set; } = NullLogger.Instance;

    public DistributedApplicationEventSubscription Subscribe<T>(Func<T, CancellationToken, Task> callback) where T : IDistributedApplicationEvent
    {
        ArgumentNullException.ThrowIfNull(callback);
        var subscription = new DistributedApplicationEventSubscription((raised, token) => callback((T)raised, token));
        Add(typeof(T), subscription);
        return subscription;
    }

    public DistributedApplicationEventSubscription Subscribe<T>(IResource resource, Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationResourceEvent
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(callback);
        var subscription = new DistributedApplicationResourceEventSubscription(
            resource, (raised, token) => ReferenceEquals(raised.Resource, resource) ? callback((T)raised, token) : Task.CompletedTask);
        Add(typeof(T), subscription);
        return subscription;
    }

    public void Unsubscribe(DistributedApplicationEventSubscription subscription)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        lock (_gate)
        {
            foreach (var handlers in _subscriptions.Values)
            {
                handlers.Remove(subscription);
            }
        }
    }

    public Task PublishAsync<T>(T @event, CancellationToken cancellationToken = default) where T : IDistributedApplicationEvent =>
        PublishAsync(@event, EventDispatchBehavior.BlockingSequential, cancellationToken);

    public Task PublishAsync<T>(T @event, EventDispatchBehavior dispatchBehavior, CancellationToken cancellationToken = default)
        where T : IDistributedApplicationEvent
    {
        ArgumentNullException.ThrowIfNull(@event);
        DistributedApplicationEventSubscription[] handlers;
        lock (_gate)
        {
            handlers = _subscriptions.TryGetValue(typeof(T), out var found) ? [.. found] : [];
        }

        return dispatchBehavior switch
        {
            EventDispatchBehavior.BlockingSequential => InTurnAsync(handlers, @event, cancellationToken),
            EventDispatchBehavior.BlockingConcurrent => Task.WhenAll(handlers.Select(handler => handler.Callback(@event, cancellationToken))),
            EventDispatchBehavior.NonBlockingSequential => Detached(() => InTurnAsync(handlers, @event, cancellationToken), cancellationToken),
            EventDispatchBehavior.NonBlockingConcurrent => Detached(
                () => Task.WhenAll(handlers.Select(handler => handler.Callback(@event, cancellationToken))), cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(dispatchBehavior), dispatchBehavior, "Unknown behavior."),
        };
    }

    private static async Task InTurnAsync(
        DistributedApplicationEventSubscription[] handlers, IDistributedApplicationEvent raised, CancellationToken cancellationToken)
    {
        foreach (var handler in handlers)
        {
            await handler.Callback(raised, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task Detached(Func<Task> run, CancellationToken cancellationToken)
    {
        _ = Task.Run(run, cancellationToken).ContinueWith(
            failed => EventingLog.HandlerFailed(Logger, failed.Exception!.GetBaseException()),
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return Task.CompletedTask;
    }

    private void Add(Type type, DistributedApplicationEventSubscription subscription)
    {
        lock (_gate)
        {
            if (!_subscriptions.TryGetValue(type, out var handlers))
            {
                _subscriptions[type] = handlers = [];
            }

            handlers.Add(subscription);
        }
    }
}
