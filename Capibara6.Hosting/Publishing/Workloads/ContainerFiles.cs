namespace Capibara6.Hosting.Publishing.Workloads;

/// <summary>
/// Files that Aspire's WithContainerFiles and WithInitFiles put into a container, and what is mounted from this machine to be read only
/// (which is what these two make of a path when publishing), read when publishing.
/// </summary>
internal static class ContainerFiles
{
    /// <summary>A ConfigMap holds a MiB, and not only this.</summary>
    private const int MaxBytes = 900 * 1024;

    public static async Task<IReadOnlyList<WorkloadFile>> ReadAsync(IResource resource, IServiceProvider services, CancellationToken cancellationToken)
    {
        var files = new List<WorkloadFile>();
        foreach (var annotation in resource.Annotations.OfType<ContainerFileSystemCallbackAnnotation>())
        {
            var context = new ContainerFileSystemCallbackContext { Services = services, Model = resource };
            foreach (var item in await annotation.Callback(context, cancellationToken))
            {
                await AppendAsync(files, resource, annotation.DestinationPath.TrimEnd('/'), item, cancellationToken);
            }
        }

        foreach (var mount in resource.Annotations.OfType<ContainerMountAnnotation>().Where(IsRead))
        {
            foreach (var item in Items(resource, mount))
            {
                await AppendAsync(files, resource, mount.Target[..mount.Target.LastIndexOf('/')], item, cancellationToken);
            }
        }

        return files.Sum(static file => file.Content.Length) <= MaxBytes
            ? files
            : throw new DistributedApplicationException($"Resource '{resource.Name}': its files (WithContainerFiles, WithBindMount) have over {MaxBytes / 1024} KiB, more than a ConfigMap holds; put them into its image.");
    }

    /// <summary>True for a mount whose files the output can hold; what the container writes to can't be.</summary>
    public static bool IsRead(ContainerMountAnnotation mount) => mount is { Type: ContainerMountType.BindMount, IsReadOnly: true, Source: not null };

    private static IEnumerable<ContainerFileSystemItem> Items(IResource resource, ContainerMountAnnotation mount)
    {
        var name = Path.GetFileName(mount.Target.TrimEnd('/'));
        return File.Exists(mount.Source)
            ? [new ContainerFile { Name = name, SourcePath = mount.Source }]
            : Directory.Exists(mount.Source)
                ? [new ContainerDirectory { Name = name, Entries = ContainerDirectory.GetFileSystemItemsFromPath(mount.Source, searchOptions: SearchOption.AllDirectories) }]
                : throw new DistributedApplicationException($"Resource '{resource.Name}' mounts {mount.Source} of this machine, which is not there.");
    }

    private static async Task AppendAsync(List<WorkloadFile> files, IResource resource, string folder, ContainerFileSystemItem item, CancellationToken cancellationToken)
    {
        var path = $"{folder}/{item.Name}";
        if (item is ContainerDirectory directory)
        {
            foreach (var entry in directory.Entries)
            {
                await AppendAsync(files, resource, path, entry, cancellationToken);
            }
        }
        else if (item is ContainerFileBase file)
        {
            var text = file.Contents ?? (file.SourcePath is { } source ? await File.ReadAllTextAsync(source, cancellationToken) : string.Empty);
            files.Add(!text.Contains('\0', StringComparison.Ordinal)
                ? new WorkloadFile(path, text)
                : throw new DistributedApplicationException($"Resource '{resource.Name}': the file {path} is not text, which a manifest can't hold; put it into its image."));
        }
    }
}
