namespace Capibara6.Hosting.Deployment.Servers;

/// <summary>
/// What a deployment has to know of a server's image and can't see in the model. An image that says nothing runs as a plain container:
/// secrets are variables, and its state is that of its ports.
/// </summary>
public sealed record ServerAnnotation : IResourceAnnotation
{
    /// <summary>A script for the image's /bin/sh that ends with 0 when the server answers; $NAME is a variable of the container.</summary>
    public string? HealthScript { get; init; }

    /// <summary>How the names of variables begin that the image also takes as the name of a file, with <see cref="SecretFileSuffix"/> added.</summary>
    public string? SecretFilePrefix { get; init; }

    /// <summary>Such as <c>_FILE</c>: the variable of this name holds the path of the file with the secret.</summary>
    public string? SecretFileSuffix { get; init; }

    /// <summary>The variable with the folder whose files the image takes as settings by their names, for one that has its secrets from there.</summary>
    public string? SecretFolderVariable { get; init; }

    /// <summary>The image's user that owns its data, for an entry point that doesn't leave root by itself.</summary>
    public string? User { get; init; }

    /// <summary>The image starts as root, makes the data its own and then leaves root: it needs the capabilities for that.</summary>
    public bool StartsAsRoot { get; init; }

    /// <summary>Its processes share memory beyond the 64 MB that runtimes give.</summary>
    public bool SharesMemory { get; init; }

    /// <summary>Folders that it writes to beside its volumes, under a root file system that is read-only.</summary>
    public IReadOnlyList<string> WritableFolders { get; init; } = [];

    /// <summary>Files that it reads when it starts, by their path in the container.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>The databases that the model names, in order; empty for what is no database server.</summary>
    public IReadOnlyList<string> Databases { get; init; } = [];

    /// <summary>The variable with the folder of the data, for a server that refuses a folder that is another user's, as a volume's mount is.</summary>
    public string? DataFolderVariable { get; init; }

    /// <summary>The name that it wants its user to have, whichever number that is given.</summary>
    public string? AccountName { get; init; }

    /// <summary>From the bytes that a container may use to what is added to its command, so that the server keeps within them.</summary>
    public Func<long, string>? MemoryArguments { get; init; }

    /// <summary>The Kubernetes operator that can run the same server instead, such as <c>cloudnative-pg</c>.</summary>
    public string? Operator { get; init; }
}

/// <summary>Says for one type of server what its image needs. Register more as services; an annotation on a resource goes before them.</summary>
public interface IServerDescription
{
    /// <returns>Null for a resource of another type.</returns>
    ServerAnnotation? Describe(IResource resource);
}
