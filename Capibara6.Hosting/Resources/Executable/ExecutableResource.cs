using Capibara6.Hosting.ApplicationModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A program on this machine.</summary>
public class ExecutableResource
    : Resource, IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport, IResourceWithProbes, IComputeResource
{
    private readonly string _command;
    private readonly string _workingDirectory;

    /// <param name="command">Name on the PATH, or path.</param>
    /// <param name="workingDirectory">Absolute path.</param>
    public ExecutableResource(string name, string command, string workingDirectory) : base(name)
    {
        ArgumentException.ThrowIfNullOrEmpty(command);
        ArgumentNullException.ThrowIfNull(workingDirectory);
        _command = command;
        _workingDirectory = workingDirectory;
    }

    public string Command => this.TryGetLastAnnotation<ExecutableOverrideAnnotation>(out var change) ? change.Command ?? _command : _command;

    public string WorkingDirectory =>
        this.TryGetLastAnnotation<ExecutableOverrideAnnotation>(out var change) ? change.WorkingDirectory ?? _workingDirectory : _workingDirectory;
}
