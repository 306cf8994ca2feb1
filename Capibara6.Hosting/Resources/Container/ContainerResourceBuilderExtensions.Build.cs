using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ContainerResourceBuilderExtensions
{
    /// <summary>Adds a container whose image is built from a Dockerfile.</summary>
    /// <param name="contextPath">Folder that the build sees, absolute or relative to the AppHost's folder.</param>
    /// <param name="dockerfilePath">Absolute or relative to the context; null for Dockerfile.</param>
    /// <param name="stage">Stage to build; null for the last one.</param>
    public static IResourceBuilder<ContainerResource> AddDockerfile(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string contextPath, string? dockerfilePath = null, string? stage = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return Add(builder, name).WithDockerfile(contextPath, dockerfilePath, stage);
    }

    /// <summary>Builds the image from a Dockerfile instead.</summary>
    public static IResourceBuilder<T> WithDockerfile<T>(
        this IResourceBuilder<T> builder, string contextPath, string? dockerfilePath = null, string? stage = null)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(contextPath);
        var context = Path.GetFullPath(contextPath, builder.ApplicationBuilder.AppHostDirectory);
        var file = Path.GetFullPath(dockerfilePath ?? "Dockerfile", context);
        var name = builder.Resource.Name.ToLowerInvariant();
        foreach (var image in builder.Resource.Annotations.OfType<ContainerImageAnnotation>().ToArray())
        {
            builder.Resource.Annotations.Remove(image);
        }

        return builder
            .WithAnnotation(new ContainerImageAnnotation { Image = name, Tag = "latest" })
            .WithAnnotation(new DockerfileBuildAnnotation(context, file, stage) { ImageName = name, ImageTag = "latest" }, ResourceAnnotationMutationBehavior.Replace);
    }

    /// <param name="value">A string, number or boolean; null to take it from the environment of the build.</param>
    /// <exception cref="InvalidOperationException">The resource has no Dockerfile.</exception>
    public static IResourceBuilder<T> WithBuildArg<T>(this IResourceBuilder<T> builder, string name, object? value) where T : ContainerResource
    {
        builder.Build().BuildArguments[name] = value;
        return builder;
    }

    public static IResourceBuilder<T> WithBuildArg<T>(this IResourceBuilder<T> builder, string name, IResourceBuilder<ParameterResource> value)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Resource.Secret)
        {
            throw new InvalidOperationException($"The build argument '{name}' would show the secret '{value.Resource.Name}' in the image; use WithBuildSecret.");
        }

        builder.Build().BuildArguments[name] = value.Resource;
        return builder;
    }

    public static IResourceBuilder<T> WithBuildSecret<T>(this IResourceBuilder<T> builder, string name, IResourceBuilder<ParameterResource> value)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(value);
        builder.Build().BuildSecrets[name] = value.Resource;
        return builder;
    }

    private static DockerfileBuildAnnotation Build<T>(this IResourceBuilder<T> builder) where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Resource.TryGetLastAnnotation<DockerfileBuildAnnotation>(out var build)
            ? build
            : throw new InvalidOperationException($"The resource '{builder.Resource.Name}' does not have a Dockerfile build. Use WithDockerfile first.");
    }
}
