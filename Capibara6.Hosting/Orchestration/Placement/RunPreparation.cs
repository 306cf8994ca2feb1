using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration.Processes;
using Microsoft.Extensions.Options;

namespace Capibara6.Hosting.Orchestration.Placement;

/// <summary>What comes before anything starts: ends what a crash has left, decides where servers run, names the instances.</summary>
internal sealed class RunPreparation(
    DistributedApplicationModel model, IOptions<PlacementOptions> options, RunFolders folders, LeftoverCleaner leftovers, ServerPlacement placement)
{
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await leftovers.CleanAsync(folders.Runs, placement.RemoveContainersAsync, cancellationToken);
        await placement.PlaceAsync(cancellationToken);
        int? count = options.Value.ReplicaMode == ReplicaMode.Production ? null : 1;
        foreach (var resource in model.Resources.Where(resource => resource is ProjectResource or ExecutableResource or ContainerResource))
        {
            ResourceInstances.Assign(resource, resource is ProjectResource ? count : 1);
        }
    }
}
