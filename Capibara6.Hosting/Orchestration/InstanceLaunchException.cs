using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.Orchestration;

/// <summary>
/// An instance can't be started because of what it finds around it; trying again would not help.
/// The message says what is wrong and what to do.
/// </summary>
internal sealed class InstanceLaunchException : Exception
{
    public InstanceLaunchException(string message) : base(message)
    {
    }

    public InstanceLaunchException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>The state that the instance is left in.</summary>
    public string State { get; init; } = KnownResourceStates.FailedToStart;
}
