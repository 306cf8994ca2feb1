using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>A resource that lives inside another one, and doesn't run by itself, has the other one's state: a database its server's.</summary>
internal sealed class ParentStatePropagation(DistributedApplicationModel model, ResourceNotificationService notifications) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var children = model.Resources.OfType<IResourceWithParent>()
            .Where(child => child is not (ContainerResource or ProjectResource or ExecutableResource) && !child.HasAnnotationOfType<ResourceSnapshotOwnerAnnotation>())
            .ToLookup(child => child.Parent);
        if (children.Count == 0)
        {
            return;
        }

        await foreach (var change in notifications.WatchAsync(stoppingToken).ConfigureAwait(false))
        {
            await PropagateAsync(change.Snapshot, children[change.Resource], children).ConfigureAwait(false);
        }
    }

    private async Task PropagateAsync(CustomResourceSnapshot parent, IEnumerable<IResourceWithParent> children, ILookup<IResource, IResourceWithParent> all)
    {
        foreach (var child in children)
        {
            if (notifications.TryGetCurrentState(child.Name, out var current)
                && current.Snapshot.State == parent.State && current.Snapshot.ExitCode == parent.ExitCode)
            {
                continue;
            }

            await notifications.PublishUpdateAsync(child, snapshot => snapshot with
            {
                State = parent.State,
                ExitCode = parent.ExitCode,
                StartTimeStamp = parent.StartTimeStamp,
                StopTimeStamp = parent.StopTimeStamp,
            }).ConfigureAwait(false);
            await PropagateAsync(parent, all[child], all).ConfigureAwait(false);
        }
    }
}

/// <summary>Marks a child that sets its own state.</summary>
internal sealed class ResourceSnapshotOwnerAnnotation : IResourceAnnotation;
