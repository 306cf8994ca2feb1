using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Starts after the dependency is healthy and ready.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency) where T : IResourceWithWaitSupport =>
        builder.WaitFor(dependency, WaitType.WaitUntilHealthy, null, 0);

    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, WaitBehavior waitBehavior)
        where T : IResourceWithWaitSupport => builder.WaitFor(dependency, WaitType.WaitUntilHealthy, waitBehavior, 0);

    /// <summary>Starts after the dependency runs, healthy or not.</summary>
    public static IResourceBuilder<T> WaitForStart<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport => builder.WaitFor(dependency, WaitType.WaitUntilStarted, null, 0);

    public static IResourceBuilder<T> WaitForStart<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, WaitBehavior waitBehavior)
        where T : IResourceWithWaitSupport => builder.WaitFor(dependency, WaitType.WaitUntilStarted, waitBehavior, 0);

    /// <summary>Starts after the dependency ended with this exit code.</summary>
    public static IResourceBuilder<T> WaitForCompletion<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, int exitCode = 0)
        where T : IResourceWithWaitSupport => builder.WaitFor(dependency, WaitType.WaitForCompletion, null, exitCode);

    private static IResourceBuilder<T> WaitFor<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, WaitType type, WaitBehavior? behavior, int exitCode)
        where T : IResourceWithWaitSupport
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(dependency);
        var awaited = dependency.Resource;
        if (ReferenceEquals(builder.Resource, awaited) || string.Equals(builder.Resource.Name, awaited.Name, StringComparison.OrdinalIgnoreCase))
        {
            throw new DistributedApplicationException($"The '{builder.Resource.Name}' resource cannot wait for itself.");
        }

        if (builder.Resource is IResourceWithParent inside && inside.Parent == awaited)
        {
            throw new DistributedApplicationException($"The '{builder.Resource.Name}' resource cannot wait for its parent '{awaited.Name}'.");
        }

        if (type is not WaitType.WaitForCompletion && awaited is IResourceWithParent child && child.Parent is { } parent && !ReferenceEquals(parent, builder.Resource))
        {
            // What lives in another resource is up only when that one is.
            builder.WaitFor(builder.ApplicationBuilder.CreateResourceBuilder(parent), type, behavior, exitCode);
        }

        var known = builder.Resource.Annotations.OfType<WaitAnnotation>().Any(wait =>
            wait.Resource == awaited && wait.WaitType == type && wait.WaitBehavior == behavior && wait.ExitCode == exitCode);
        if (!known)
        {
            builder.WithRelationship(awaited, KnownRelationshipTypes.WaitFor);
            builder.WithAnnotation(new WaitAnnotation(awaited, type, exitCode) { WaitBehavior = behavior });
        }

        return builder;
    }
}
