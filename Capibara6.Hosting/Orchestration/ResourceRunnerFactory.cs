using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration.Endpoints;
using Capibara6.Hosting.Orchestration.Replicas;

namespace Capibara6.Hosting.Orchestration;

/// <summary>Makes what runs a resource, and opens the resource's endpoints.</summary>
internal sealed class ResourceRunnerFactory(
    DistributedApplicationModel model, IEnumerable<IInstanceLauncher> launchers, EndpointAllocator endpoints, ReplicaServices replicaServices, RunnerServices runnerServices)
{
    /// <returns>Null for a resource that is not run: a parameter, a database, somebody else's service.</returns>
    public async Task<ResourceRunner?> CreateAsync(IResource resource, CancellationToken cancellationToken)
    {
        if (launchers.FirstOrDefault(candidate => candidate.CanLaunch(resource)) is not { } launcher)
        {
            return null;
        }

        var instances = ResourceInstances.Assign(resource);
        var allocated = await endpoints.AllocateAsync(resource, instances.Length, behindProxy: resource is not ContainerResource, cancellationToken);
        var runsToCompletion = model.Resources.SelectMany(other => other.Annotations.OfType<WaitAnnotation>())
            .Any(wait => wait.Resource == resource && wait.WaitType == WaitType.WaitForCompletion);
        var replicas = instances.Select(instance => new Replica(resource, instance, allocated, launcher, runsToCompletion, replicaServices)).ToList();
        return new ResourceRunner(resource, allocated, replicas, runnerServices);
    }
}
