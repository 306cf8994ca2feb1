using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>Puts a container built from a Dockerfile in the place of a project or program when the model is published.</summary>
internal static class PublishedAsContainer
{
    public static void Replace(
        IDistributedApplicationBuilder builder, IResource resource, string folder, Action<IResourceBuilder<ContainerResource>>? configure, int? defaultTargetPort)
    {
        // It shares name and annotations with what it replaces, so that references to that stay right.
        var container = new ReplacingContainerResource(resource);
        var position = builder.Resources.IndexOf(resource);
        builder.Resources.RemoveAt(position);
        builder.Resources.Insert(position, container);
        var containerBuilder = builder.CreateResourceBuilder<ContainerResource>(container).WithDockerfile(folder);
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().Where(endpoint => endpoint.UriScheme is "http" or "https"))
        {
            endpoint.TargetPort = endpoint.GivenPorts.TargetPort ?? defaultTargetPort;
        }

        configure?.Invoke(containerBuilder);
    }

    private sealed class ReplacingContainerResource(IResource resource) : ContainerResource(resource.Name)
    {
        public override ResourceAnnotationCollection Annotations => resource.Annotations;
    }
}
