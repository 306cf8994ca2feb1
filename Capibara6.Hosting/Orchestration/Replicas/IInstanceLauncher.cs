using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;

namespace Capibara6.Hosting.Orchestration.Replicas;

/// <summary>Starts instances of one kind of resource.</summary>
internal interface IInstanceLauncher
{
    /// <summary>Whether this kind of resource is started here.</summary>
    bool CanLaunch(IResource resource);

    /// <exception cref="InstanceLaunchException">The instance can't be started, now or later; the message says why.</exception>
    Task<ILaunchedInstance> LaunchAsync(InstanceLaunch launch, CancellationToken cancellationToken);
}

/// <summary>What is to be started.</summary>
/// <param name="TargetPorts">The port that the instance has to listen on, for each endpoint by name.</param>
internal sealed record InstanceLaunch(
    IResource Resource, ResourceInstance Instance, ImmutableDictionary<string, int> TargetPorts);

/// <summary>An instance that has been started.</summary>
internal interface ILaunchedInstance : IAsyncDisposable
{
    /// <summary>Completes, and never fails, when the instance has ended.</summary>
    Task<InstanceExit> Exit { get; }

    /// <summary>True for what is left running when the host ends, to be found again by the next run.</summary>
    bool OutlivesTheHost => false;

    /// <summary>How it runs: process number, program, container id and the like.</summary>
    ImmutableArray<ResourcePropertySnapshot> Properties { get; }

    /// <summary>The variables that it was given.</summary>
    ImmutableArray<EnvironmentVariableSnapshot> EnvironmentVariables { get; }

    /// <summary>Asks it to end, and makes it end when it doesn't within its grace period, or when cancelled.</summary>
    Task<InstanceExit> StopAsync(CancellationToken cancellationToken);
}

/// <summary>How an instance ended.</summary>
/// <param name="ExitCode">The program's code, or 128 + the signal's number.</param>
/// <param name="LastLines">The last lines it wrote, oldest first.</param>
internal sealed record InstanceExit(int ExitCode, IReadOnlyList<string> LastLines);
