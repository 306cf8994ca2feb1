using System.Diagnostics;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a resource waits for in another one.</summary>
public enum WaitType
{
    WaitUntilHealthy = 0,
    WaitForCompletion = 1,
    WaitUntilStarted = 2,
}

/// <summary>What happens when the other resource can't get there by itself.</summary>
public enum WaitBehavior
{
    /// <summary>Go on waiting: it may be started again.</summary>
    WaitOnResourceUnavailable = 0,

    /// <summary>Fail.</summary>
    StopOnResourceUnavailable = 1,
}

/// <summary>The resource starts only after another one got somewhere.</summary>
[DebuggerDisplay("Resource = {Resource.Name}, WaitType = {WaitType}")]
public sealed class WaitAnnotation(IResource resource, WaitType waitType, int exitCode = 0) : IResourceAnnotation
{
    public IResource Resource { get; } = resource ?? throw new ArgumentNullException(nameof(resource));

    public WaitType WaitType { get; } = waitType;

    /// <summary>The exit code that counts as success for <see cref="WaitType.WaitForCompletion"/>.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>Null for the default of <see cref="ResourceNotificationServiceOptions"/>.</summary>
    public WaitBehavior? WaitBehavior { get; init; }
}
