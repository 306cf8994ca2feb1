namespace Aspire.Hosting.ApplicationModel;

/// <summary>The image of the container is built from a Dockerfile.</summary>
/// <param name="contextPath">Absolute path of the folder that the build sees.</param>
/// <param name="dockerfilePath">Absolute path of the Dockerfile.</param>
/// <param name="stage">Stage to build; null for the last one.</param>
public class DockerfileBuildAnnotation(string contextPath, string dockerfilePath, string? stage) : IResourceAnnotation
{
    public string ContextPath { get; } = contextPath;

    public string DockerfilePath { get; } = dockerfilePath;

    public string? Stage { get; } = stage;

    /// <summary>Values are strings, numbers, booleans, null (taken from the environment), or values that are resolved later.</summary>
    public Dictionary<string, object?> BuildArguments { get; } = [];

    public Dictionary<string, object> BuildSecrets { get; } = [];

    public string? ImageName { get; set; }

    public string? ImageTag { get; set; }

    public bool HasEntrypoint { get; set; } = true;
}
