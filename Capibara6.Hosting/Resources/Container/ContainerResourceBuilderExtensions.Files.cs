using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ContainerResourceBuilderExtensions
{
    /// <summary>
    /// Makes files of this machine visible in the container. In run mode the source is mounted read-only at the destination; when
    /// published, it is up to the publisher.
    /// </summary>
    /// <param name="sourcePath">Absolute or relative to the AppHost's folder.</param>
    /// <exception cref="NotSupportedException">An owner, group or mask is given: a mount has those of the files.</exception>
    public static IResourceBuilder<T> WithContainerFiles<T>(
        this IResourceBuilder<T> builder, string destinationPath, string sourcePath, int? defaultOwner = null, int? defaultGroup = null, UnixFileMode? umask = null)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(destinationPath);
        ArgumentException.ThrowIfNullOrEmpty(sourcePath);
        if (defaultOwner is not null || defaultGroup is not null || umask is not null)
        {
            throw new NotSupportedException(
                $"'{builder.Resource.Name}': WithContainerFiles mounts files with their own owner and mode; owner, group and umask can't be given.");
        }

        var source = Path.GetFullPath(sourcePath, builder.ApplicationBuilder.AppHostDirectory);
        builder.WithAnnotation(new ContainerFilesAnnotation(source, destinationPath));
        return builder.ApplicationBuilder.ExecutionContext.IsRunMode ? builder.WithBindMount(source, destinationPath, isReadOnly: true) : builder;
    }

    /// <summary>Puts files made by the program into the container. This version can't do that yet.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static IResourceBuilder<T> WithContainerFiles<T>(
        this IResourceBuilder<T> builder, string destinationPath, IEnumerable<ContainerFileSystemItem> entries, int? defaultOwner = null,
        int? defaultGroup = null, UnixFileMode? umask = null)
        where T : ContainerResource => throw FilesNotSupported(builder);

    /// <inheritdoc cref="WithContainerFiles{T}(IResourceBuilder{T}, string, IEnumerable{ContainerFileSystemItem}, int?, int?, UnixFileMode?)"/>
    public static IResourceBuilder<T> WithContainerFiles<T>(
        this IResourceBuilder<T> builder, string destinationPath,
        Func<ContainerFileSystemCallbackContext, CancellationToken, Task<IEnumerable<ContainerFileSystemItem>>> callback, int? defaultOwner = null,
        int? defaultGroup = null, UnixFileMode? umask = null)
        where T : ContainerResource => throw FilesNotSupported(builder);

    private static NotSupportedException FilesNotSupported<T>(IResourceBuilder<T> builder) where T : ContainerResource => new(
        $"'{builder.Resource.Name}': WithContainerFiles with entries is not supported; write the files to a folder and give its path.");
}
