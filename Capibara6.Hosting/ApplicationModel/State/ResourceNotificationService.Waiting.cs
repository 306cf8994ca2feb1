using Capibara6.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

public partial class ResourceNotificationService
{
    /// <summary>Waits until an instance of the resource is in the given state; Running when null.</summary>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    /// <summary>Waits until an instance of the resource is in one of the given states, and says which.</summary>
    public async Task<string> WaitForResourceAsync(string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        string[] wanted = [.. targetStates];
        var reached = await WaitForResourceAsync(
            resourceName, change => wanted.Contains(change.Snapshot.State?.Text, StringComparer.OrdinalIgnoreCase), cancellationToken).ConfigureAwait(false);
        return reached.Snapshot.State!.Text;
    }

    /// <summary>Waits until an instance of the resource is in a state that the predicate accepts.</summary>
    public Task<ResourceEvent> WaitForResourceAsync(string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(resourceName);
        ArgumentNullException.ThrowIfNull(predicate);
        return WaitAsync(
            change => string.Equals(change.Resource.Name, resourceName, StringComparison.OrdinalIgnoreCase) && predicate(change), cancellationToken);
    }

    /// <summary>Waits until the resource is healthy and everything that runs when it is ready has run.</summary>
    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceHealthyAsync(resourceName, DefaultWaitBehavior, cancellationToken);

    /// <inheritdoc cref="WaitForResourceHealthyAsync(string, CancellationToken)"/>
    /// <exception cref="DistributedApplicationException">The resource ended, and the behavior is to stop then.</exception>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        var reached = await WaitForResourceAsync(
            resourceName, change => IsHealthyAndReady(change.Snapshot) || GivesUp(change.Snapshot, waitBehavior), cancellationToken).ConfigureAwait(false);
        if (!IsHealthyAndReady(reached.Snapshot))
        {
            throw new DistributedApplicationException(
                $"Stopped waiting for resource '{resourceName}' to become healthy because it is in the state '{reached.Snapshot.State?.Text}'.");
        }

        await reached.Snapshot.ResourceReadyEvent!.EventTask.WaitAsync(cancellationToken).ConfigureAwait(false);
        return reached;
    }

    /// <summary>Waits for everything that the resource was told to wait for.</summary>
    /// <exception cref="DistributedApplicationException">A dependency failed.</exception>
    public async Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resource);
        WaitAnnotation[] waits = [.. resource.Annotations.OfType<WaitAnnotation>()];
        if (waits.Length == 0)
        {
            return;
        }

        await PublishUpdateAsync(resource, snapshot => snapshot with
        {
            State = new ResourceStateSnapshot(KnownResourceStates.Waiting, KnownResourceStateStyles.Info),
        }).ConfigureAwait(false);
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pending = waits.Select(wait => WaitAsync(resource, wait, failing.Token)).ToList();
        try
        {
            while (pending.Count > 0)
            {
                var done = await Task.WhenAny(pending).ConfigureAwait(false);
                pending.Remove(done);
                await done.ConfigureAwait(false);
            }
        }
        finally
        {
            await failing.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task WaitAsync(IResource resource, WaitAnnotation wait, CancellationToken cancellationToken)
    {
        var ids = ResourceInstances.GetIds(wait.Resource);
        return Task.WhenAll(ids.Select(id => wait.WaitType switch
        {
            WaitType.WaitForCompletion => WaitUntilCompletedAsync(resource, wait, id, cancellationToken),
            _ => WaitUntilUpAsync(resource, wait, id, cancellationToken),
        }));
    }

    private async Task WaitUntilUpAsync(IResource resource, WaitAnnotation wait, string id, CancellationToken cancellationToken)
    {
        var dependency = wait.Resource;
        var behavior = wait.WaitBehavior ?? DefaultWaitBehavior;
        NotificationLog.Waiting(_logger, resource.Name, dependency.Name);
        var started = await WaitForInstanceAsync(
            dependency, id, snapshot => IsRunning(snapshot) || GivesUp(snapshot, behavior), cancellationToken).ConfigureAwait(false);
        ThrowUnlessUp(started, IsRunning(started.Snapshot));
        if (wait.WaitType is WaitType.WaitUntilStarted)
        {
            return;
        }

        var healthy = await WaitForInstanceAsync(
            dependency, id, snapshot => IsHealthyAndReady(snapshot) || GivesUp(snapshot, behavior), cancellationToken).ConfigureAwait(false);
        ThrowUnlessUp(healthy, IsHealthyAndReady(healthy.Snapshot));
        await healthy.Snapshot.ResourceReadyEvent!.EventTask.WaitAsync(cancellationToken).ConfigureAwait(false);
        NotificationLog.Waited(_logger, resource.Name, dependency.Name);
    }

    private async Task WaitUntilCompletedAsync(IResource resource, WaitAnnotation wait, string id, CancellationToken cancellationToken)
    {
        NotificationLog.WaitingForCompletion(_logger, resource.Name, wait.Resource.Name);
        var completed = await WaitForInstanceAsync(
            wait.Resource, id, snapshot => KnownResourceStates.TerminalStates.Contains(snapshot.State?.Text), cancellationToken).ConfigureAwait(false);
        var snapshot = completed.Snapshot;
        if (snapshot.State?.Text == KnownResourceStates.FailedToStart)
        {
            throw new DistributedApplicationException($"Dependency resource '{wait.Resource.Name}' failed to start.");
        }

        if (snapshot.ExitCode is { } exitCode && exitCode != wait.ExitCode)
        {
            throw new DistributedApplicationException(
                $"Resource '{wait.Resource.Name}' has entered the '{snapshot.State?.Text}' state with exit code '{exitCode}', expected '{wait.ExitCode}'.");
        }
    }

    private Task<ResourceEvent> WaitForInstanceAsync(
        IResource resource, string id, Func<CustomResourceSnapshot, bool> predicate, CancellationToken cancellationToken) =>
        WaitAsync(
            change => string.Equals(change.Resource.Name, resource.Name, StringComparison.OrdinalIgnoreCase) && string.Equals(change.ResourceId, id, StringComparison.OrdinalIgnoreCase) && predicate(change.Snapshot),
            cancellationToken);

    private async Task<ResourceEvent> WaitAsync(Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping);
        await foreach (var change in WatchAsync(ending.Token).ConfigureAwait(false))
        {
            if (predicate(change))
            {
                return change;
            }
        }

        throw new OperationCanceledException("The application stopped while something waited for a resource.", ending.Token);
    }

    private static bool IsRunning(CustomResourceSnapshot snapshot) => snapshot.State?.Text == KnownResourceStates.Running;

    private static bool IsHealthyAndReady(CustomResourceSnapshot snapshot) =>
        snapshot.HealthStatus is HealthStatus.Healthy && snapshot.ResourceReadyEvent is not null;

    private static bool GivesUp(CustomResourceSnapshot snapshot, WaitBehavior behavior) =>
        behavior is WaitBehavior.StopOnResourceUnavailable
        && snapshot.State?.Text is { } state
        && (KnownResourceStates.TerminalStates.Contains(state) || state == KnownResourceStates.RuntimeUnhealthy);

    private static void ThrowUnlessUp(ResourceEvent reached, bool up)
    {
        if (!up)
        {
            var state = reached.Snapshot.State?.Text;
            throw new DistributedApplicationException(state == KnownResourceStates.FailedToStart
                ? $"Dependency resource '{reached.Resource.Name}' failed to start."
                : $"Resource '{reached.Resource.Name}' has entered the '{state}' state prematurely.");
        }
    }
}
