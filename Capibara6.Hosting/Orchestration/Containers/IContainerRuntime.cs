using Capibara6.Hosting.Orchestration.Processes;

namespace Capibara6.Hosting.Orchestration.Containers;

/// <summary>A container engine, through its command line: docker and podman take the same commands.</summary>
internal interface IContainerRuntime
{
    /// <summary><c>docker</c> or <c>podman</c>.</summary>
    string Name { get; }

    /// <summary>As the runtime states it, for the log and the dashboard: <c>podman version 4.3.1</c>.</summary>
    string Version { get; }

    /// <summary>Makes sure that an image is on the machine.</summary>
    /// <exception cref="ContainerException">It isn't, and can't be pulled.</exception>
    Task EnsureImageAsync(string image, ImagePull pull, Action<ProcessLine>? onLine, CancellationToken cancellationToken);

    /// <summary>Starts a container whose image is on the machine. It runs when this returns, which says nothing of being ready.</summary>
    /// <exception cref="ContainerException">The runtime refused; the message holds its last lines.</exception>
    Task<IRunningContainer> StartAsync(ContainerSpec spec, CancellationToken cancellationToken);

    /// <summary>Makes a network when it is missing. A session network goes with the run.</summary>
    Task EnsureNetworkAsync(string name, bool isPersistent, CancellationToken cancellationToken);

    Task RemoveNetworkAsync(string name, CancellationToken cancellationToken);

    Task RemoveVolumeAsync(string name, CancellationToken cancellationToken);

    /// <summary>Removes every container and network of a run.</summary>
    Task RemoveRunAsync(string runId, CancellationToken cancellationToken);
}

internal interface IRunningContainer : IAsyncDisposable
{
    /// <summary>The runtime's own id.</summary>
    string Id { get; }

    string Name { get; }

    /// <summary>The ports with the host's side filled in.</summary>
    IReadOnlyList<ContainerPort> Ports { get; }

    /// <summary>Completes, and never fails, when the container has ended for whatever reason.</summary>
    Task<ProcessExit> Exit { get; }

    /// <summary>Stops it; removes it too unless it is persistent.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}

/// <summary>A container runtime refused. The message says what was asked and what the runtime answered.</summary>
internal sealed class ContainerException(string message, Exception? inner = null) : Exception(message, inner);
