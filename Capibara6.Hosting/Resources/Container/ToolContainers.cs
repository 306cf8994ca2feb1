using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>Containers with a web page to look after other resources; they are for development, and not published.</summary>
internal static class ToolContainers
{
    public static IResourceBuilder<T> AsTool<T>(this IResourceBuilder<T> builder, string image, string tag, string registry, int targetPort)
        where T : ContainerResource => builder
            .WithInitialState(new CustomResourceSnapshot { ResourceType = KnownResourceTypes.Container, Properties = [] })
            .WithImage(image, tag)
            .WithImageRegistry(registry)
            .WithHttpEndpoint(targetPort: targetPort, name: "http")
            .ExcludeFromManifest();
}
