using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>Files that a container needs at a place of its own.</summary>
/// <param name="SourcePath">Absolute path of a file or folder on this machine.</param>
/// <param name="DestinationPath">Absolute path in the container.</param>
internal sealed record ContainerFilesAnnotation(string SourcePath, string DestinationPath) : IResourceAnnotation;
