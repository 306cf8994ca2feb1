namespace Capibara6.Hosting.LocalServers.Programs;

/// <summary>A server of the model that is to run as a process of this machine, and what the model says about it.</summary>
public sealed class LocalServerContext
{
    private readonly HostFolders _folders;
    private readonly Lazy<string> _temporaryFolder;

    internal LocalServerContext(IResource resource, IReadOnlyDictionary<string, int> ports, HostFolders folders, ServerFolders temporary, IServiceProvider services, ILogger logger)
    {
        (Resource, Ports, _folders, Services, Logger) = (resource, ports, folders, services, logger);
        _temporaryFolder = new Lazy<string>(() => temporary.Create(resource.Name));
    }

    /// <summary>The server's resource, with all annotations that it has for a container but the image.</summary>
    public IResource Resource { get; }

    /// <summary>The name of the resource.</summary>
    public string Name => Resource.Name;

    /// <summary>The port on 127.0.0.1 for each endpoint, by its name.</summary>
    public IReadOnlyDictionary<string, int> Ports { get; }

    /// <summary>A new folder of this run, for this server alone, that is deleted when the run ends, in whatever way.</summary>
    public string TemporaryFolder => _temporaryFolder.Value;

    /// <summary>The services of the application.</summary>
    public IServiceProvider Services { get; }

    /// <summary>The log of the host.</summary>
    public ILogger Logger { get; }

    /// <summary>The folder of this machine that stands for the volume or bind mount at a place of the container; null when there is none.</summary>
    /// <exception cref="LocalServerException">The resource has another mount, or files, which only its container could have.</exception>
    public string? FolderMountedAt(Func<string, bool> isPlace)
    {
        ArgumentNullException.ThrowIfNull(isPlace);
        string? folder = null;
        foreach (var mount in Resource.Annotations.OfType<ContainerMountAnnotation>())
        {
            folder = isPlace(mount.Target)
                ? mount is { Type: ContainerMountType.Volume, Source: { } volume } ? _folders.Volume(volume) : mount.Source
                : throw OnlyInContainer($"mounts {mount.Source} at {mount.Target}");
        }

        return Resource.Annotations.OfType<ContainerFileSystemCallbackAnnotation>().FirstOrDefault() is { } files
            ? throw OnlyInContainer($"puts files into {files.DestinationPath}")
            : folder;
    }

    /// <summary>The arguments that the model gives to the server's container.</summary>
    public async Task<IReadOnlyList<string>> GetArgumentsAsync(CancellationToken cancellationToken)
    {
        List<object> arguments = [];
        var context = new CommandLineArgsCallbackContext(arguments, Resource, cancellationToken)
        {
            ExecutionContext = Services.GetRequiredService<DistributedApplicationExecutionContext>(),
            Logger = Logger,
        };
        foreach (var annotation in Resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToList())
        {
            await annotation.Callback(context).ConfigureAwait(false);
        }

        List<string> values = [];
        foreach (var argument in arguments)
        {
            var value = argument is IValueProvider provider ? await provider.GetValueAsync(cancellationToken).ConfigureAwait(false) : argument.ToString();
            values.Add(value ?? string.Empty);
        }

        return values;
    }

    /// <summary>The error for a setting of the resource that only its container can have.</summary>
    /// <param name="what">What the resource does or has: <c>loads a module</c>.</param>
    public LocalServerException OnlyInContainer(string what) =>
        new($"'{Name}' {what}, which only its container can have. Start docker or podman, or leave that out.");
}
