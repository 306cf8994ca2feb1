using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration.Placement;
using Capibara6.Hosting.Orchestration.Replicas;

namespace Capibara6.Hosting.Orchestration.Launchers;

/// <summary>Says of a container why it can't run here. Everything else runs all the same.</summary>
internal sealed class NoContainerLauncher(ServerPlacement placement) : IInstanceLauncher
{
    public bool CanLaunch(IResource resource) =>
        resource is ContainerResource && !resource.HasAnnotationOfType<LocalServerAnnotation>() && placement.Runtime is null;

    public Task<ILaunchedInstance> LaunchAsync(InstanceLaunch launch, CancellationToken cancellationToken)
    {
        launch.Resource.TryGetContainerImageName(out var image);
        throw new InstanceLaunchException($"It needs a container of {image}. {placement.NoContainers}")
        {
            State = KnownResourceStates.RuntimeUnhealthy,
        };
    }
}
