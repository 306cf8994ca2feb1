using Capibara6.Hosting.Orchestration.Processes;

namespace Capibara6.Hosting.Orchestration.Containers;

/// <summary>A container to run.</summary>
/// <param name="Image">With registry and tag or digest.</param>
/// <param name="Name">Unique on the machine. A persistent container is found again by it.</param>
internal sealed record ContainerSpec(string Image, string Name)
{
    public string? Entrypoint { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>May hold secrets: reaches the runtime by a file that only this user can read.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<ContainerPort> Ports { get; init; } = [];

    public IReadOnlyList<ContainerMount> Mounts { get; init; } = [];

    /// <summary>A network made with <see cref="IContainerRuntime.EnsureNetworkAsync"/>; null: the runtime's own.</summary>
    public string? Network { get; init; }

    /// <summary>Names under which others on the network find this container.</summary>
    public IReadOnlyList<string> NetworkAliases { get; init; } = [];

    /// <summary>A name under which the container reaches this machine; null: none.</summary>
    public string? HostAlias { get; init; }

    /// <summary>Further options for the runtime's <c>create</c> command.</summary>
    public IReadOnlyList<string> RuntimeArguments { get; init; } = [];

    /// <summary>True: the container stays when the host ends, and is used again when nothing in this description has changed.</summary>
    public bool IsPersistent { get; init; }

    public ImagePull Pull { get; init; } = ImagePull.Missing;

    /// <summary>How long the container has between the polite signal and being killed.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(10);

    public Action<ProcessLine>? OnLine { get; init; }
}

/// <param name="HostPort">A port of 127.0.0.1; null: any free one.</param>
internal sealed record ContainerPort(int? HostPort, int TargetPort, string Protocol = "tcp");

/// <param name="Source">A volume's name, or an absolute path for a bind mount; null for an anonymous volume.</param>
internal sealed record ContainerMount(ContainerMountKind Kind, string? Source, string Target, bool IsReadOnly = false);

internal enum ContainerMountKind
{
    Volume,
    Bind,
}

internal enum ImagePull
{
    Missing,
    Always,
    Never,
}
