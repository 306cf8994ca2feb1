using Aspire.Hosting;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>A project that was added by its path.</summary>
internal sealed class ProjectMetadata(string projectPath) : IProjectMetadata
{
    public string ProjectPath { get; } = projectPath;
}
