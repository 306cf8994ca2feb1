using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;

namespace Capibara6.Hosting.Orchestration.Replicas;

/// <summary>Publishes what happens to an instance, in the words that dashboards and waits know.</summary>
internal sealed class ReplicaStates(
    ResourceNotificationService notifications, IDistributedApplicationEventing eventing, IServiceProvider services, TimeProvider time)
{
    /// <summary>An instance that crashed and rests until its next start.</summary>
    public const string Restarting = "Restarting";

    /// <summary>How often the instance has crashed since it was last well.</summary>
    public const string CrashesProperty = "resource.crashes";

    public Task NotStartedAsync(IResource resource) => notifications.PublishUpdateAsync(resource, snapshot => snapshot with
    {
        State = new ResourceStateSnapshot(KnownResourceStates.NotStarted, KnownResourceStateStyles.Info),
    });

    public Task StartingAsync(IResource resource, string id) => notifications.PublishUpdateAsync(resource, id, snapshot => snapshot with
    {
        State = new ResourceStateSnapshot(KnownResourceStates.Starting, KnownResourceStateStyles.Info),
        ExitCode = null,
        StopTimeStamp = null,
        HealthReports = [.. snapshot.HealthReports.Select(report => report with { Status = null })],
    });

    public Task RunningAsync(IResource resource, string id, ILaunchedInstance launched) =>
        notifications.PublishUpdateAsync(resource, id, snapshot => snapshot with
        {
            State = new ResourceStateSnapshot(KnownResourceStates.Running, KnownResourceStateStyles.Success),
            StartTimeStamp = time.GetUtcNow().UtcDateTime,
            Properties = Merge(snapshot.Properties, launched.Properties),
            EnvironmentVariables = launched.EnvironmentVariables,
            Urls = [.. snapshot.Urls.Select(url => url with { IsInactive = false })],
        });

    public Task RestartingAsync(IResource resource, string id, int exitCode, int crashes) =>
        notifications.PublishUpdateAsync(resource, id, snapshot => snapshot with
        {
            State = new ResourceStateSnapshot(Restarting, KnownResourceStateStyles.Warn),
            ExitCode = exitCode,
            StopTimeStamp = time.GetUtcNow().UtcDateTime,
            Properties = Merge(snapshot.Properties, [new ResourcePropertySnapshot(CrashesProperty, crashes)]),
        });

    public Task StoppingAsync(IResource resource, string id) => notifications.PublishUpdateAsync(resource, id, snapshot => snapshot with
    {
        State = new ResourceStateSnapshot(KnownResourceStates.Stopping, KnownResourceStateStyles.Info),
    });

    /// <summary>The instance has ended for good, or until it is told to start.</summary>
    public async Task EndedAsync(IResource resource, string id, string state, int? exitCode)
    {
        var bad = state == KnownResourceStates.FailedToStart || state == KnownResourceStates.RuntimeUnhealthy;
        await notifications.PublishUpdateAsync(resource, id, snapshot => snapshot with
        {
            State = new ResourceStateSnapshot(state, bad ? KnownResourceStateStyles.Error : KnownResourceStateStyles.Info),
            ExitCode = exitCode,
            StopTimeStamp = time.GetUtcNow().UtcDateTime,
            Urls = [.. snapshot.Urls.Select(url => url with { IsInactive = true })],
        });
        if (notifications.TryGetCurrentState(id, out var current))
        {
            await eventing.PublishAsync(
                new ResourceStoppedEvent(resource, services, current), EventDispatchBehavior.NonBlockingSequential);
        }
    }

    public static ImmutableArray<ResourcePropertySnapshot> Merge(
        ImmutableArray<ResourcePropertySnapshot> known, ImmutableArray<ResourcePropertySnapshot> added) =>
        [.. known.Where(old => added.All(fresh => fresh.Name != old.Name)), .. added];
}
