using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds programs of this machine.</summary>
public static class ExecutableResourceBuilderExtensions
{
    /// <param name="command">Name on the PATH, or path.</param>
    /// <param name="workingDirectory">Absolute or relative to the AppHost's folder.</param>
    public static IResourceBuilder<ExecutableResource> AddExecutable(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string command, string workingDirectory, params string[]? args) =>
        builder.AddExecutable(name, command, workingDirectory, (object[]?)args);

    /// <param name="args">Strings, or values that are resolved later.</param>
    public static IResourceBuilder<ExecutableResource> AddExecutable(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string command, string workingDirectory, params object[]? args)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(workingDirectory);
        var folder = Path.GetFullPath(workingDirectory, builder.AppHostDirectory);
        var executable = builder.AddResource(new ExecutableResource(name, command, folder))
            .WithInitialState(new CustomResourceSnapshot { ResourceType = KnownResourceTypes.Executable, Properties = [] });
        return args is { Length: > 0 } ? executable.WithArgs(args) : executable;
    }

    public static IResourceBuilder<T> WithCommand<T>(this IResourceBuilder<T> builder, string command) where T : ExecutableResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(command);
        return builder.Override(change => change with { Command = command });
    }

    /// <param name="workingDirectory">Absolute or relative to the AppHost's folder.</param>
    public static IResourceBuilder<T> WithWorkingDirectory<T>(this IResourceBuilder<T> builder, string workingDirectory) where T : ExecutableResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(workingDirectory);
        var folder = Path.GetFullPath(workingDirectory, builder.ApplicationBuilder.AppHostDirectory);
        return builder.Override(change => change with { WorkingDirectory = folder });
    }

    /// <summary>Publishes the program as an image built from the Dockerfile in its folder.</summary>
    public static IResourceBuilder<T> PublishAsDockerFile<T>(this IResourceBuilder<T> builder) where T : ExecutableResource =>
        builder.PublishAsDockerFile((Action<IResourceBuilder<ContainerResource>>?)null);

    /// <inheritdoc cref="PublishAsDockerFile{T}(IResourceBuilder{T})"/>
    public static IResourceBuilder<T> PublishAsDockerFile<T>(this IResourceBuilder<T> builder, Action<IResourceBuilder<ContainerResource>>? configure)
        where T : ExecutableResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.ApplicationBuilder.ExecutionContext.IsPublishMode)
        {
            PublishedAsContainer.Replace(builder.ApplicationBuilder, builder.Resource, builder.Resource.WorkingDirectory, configure, defaultTargetPort: null);
        }

        return builder;
    }

    private static IResourceBuilder<T> Override<T>(this IResourceBuilder<T> builder, Func<ExecutableOverrideAnnotation, ExecutableOverrideAnnotation> change)
        where T : ExecutableResource
    {
        builder.Resource.TryGetLastAnnotation<ExecutableOverrideAnnotation>(out var known);
        return builder.WithAnnotation(change(known ?? new ExecutableOverrideAnnotation(null, null)), ResourceAnnotationMutationBehavior.Replace);
    }
}
