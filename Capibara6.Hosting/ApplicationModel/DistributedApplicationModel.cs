using Capibara6.Hosting.ApplicationModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The whole application as a list of resources.</summary>
public class DistributedApplicationModel
{
    public DistributedApplicationModel(IResourceCollection resources)
    {
        ArgumentNullException.ThrowIfNull(resources);
        Resources = resources;
    }

    public DistributedApplicationModel(IEnumerable<IResource> resources) : this(new ResourceCollection([.. resources]))
    {
    }

    public IResourceCollection Resources { get; }
}

/// <summary>Questions to the model.</summary>
public static class DistributedApplicationModelExtensions
{
    /// <summary>The resources that run code where the application is deployed.</summary>
    public static IEnumerable<IResource> GetComputeResources(this DistributedApplicationModel model) =>
        model.Resources.Where(resource => resource is ProjectResource || (resource.IsContainer() && !resource.IsExcludedFromPublish()));

    /// <summary>The compute resources whose image has to be built.</summary>
    public static IEnumerable<IResource> GetBuildResources(this DistributedApplicationModel model) =>
        model.Resources.Where(resource => resource is ProjectResource || resource.HasAnnotationOfType<DockerfileBuildAnnotation>());

    public static IEnumerable<ExecutableResource> GetExecutableResources(this DistributedApplicationModel model) =>
        model.Resources.OfType<ExecutableResource>();

    public static IEnumerable<ProjectResource> GetProjectResources(this DistributedApplicationModel model) =>
        model.Resources.OfType<ProjectResource>();

    public static IEnumerable<IResource> GetContainerResources(this DistributedApplicationModel model) =>
        model.Resources.Where(resource => resource.IsContainer());
}
