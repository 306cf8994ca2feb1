namespace Aspire.Hosting.ApplicationModel;

/// <summary>A file or folder made for a container.</summary>
public abstract class ContainerFileSystemItem
{
    public required string Name { get; set; }

    /// <summary>Number of the user; null for the default.</summary>
    public int? Owner { get; set; }

    /// <summary>Number of the group; null for the default.</summary>
    public int? Group { get; set; }

    /// <summary>0 for the default.</summary>
    public UnixFileMode Mode { get; set; }
}

/// <summary>A file made for a container.</summary>
public class ContainerFile : ContainerFileSystemItem
{
    public string? Contents { get; set; }

    /// <summary>A file of this machine to take instead of the contents.</summary>
    public string? SourcePath { get; set; }

    public bool? ContinueOnError { get; set; }
}

/// <summary>A folder made for a container.</summary>
public sealed class ContainerDirectory : ContainerFileSystemItem
{
    public IEnumerable<ContainerFileSystemItem> Entries { get; set; } = [];
}

/// <summary>What a callback that makes files gets.</summary>
public class ContainerFileSystemCallbackContext
{
    public required IServiceProvider ServiceProvider { get; init; }

    public required IResource Model { get; init; }
}
