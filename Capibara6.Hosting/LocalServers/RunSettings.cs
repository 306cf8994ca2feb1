namespace Capibara6.Hosting.LocalServers;

/// <summary>Where servers such as databases run.</summary>
internal enum InfrastructureMode
{
    /// <summary>In containers when there is a runtime, else as processes of this machine.</summary>
    Auto,

    /// <summary>In containers only.</summary>
    Containers,

    /// <summary>As processes of this machine only.</summary>
    Local,
}

/// <summary>How many instances of a project run.</summary>
internal enum ReplicaMode
{
    /// <summary>One of each.</summary>
    One,

    /// <summary>As many as <c>WithReplicas</c> says.</summary>
    Production,
}

/// <summary>Settings of a run, section <c>Hosting</c>; a switch of the command line goes before.</summary>
internal sealed record RunSettings(InfrastructureMode Infrastructure, ReplicaMode Replicas)
{
    /// <exception cref="DistributedApplicationException">A value is not known.</exception>
    public static RunSettings Read(IConfiguration configuration) =>
        new(Read<InfrastructureMode>(configuration, "Infrastructure", "auto, containers or local"), Read<ReplicaMode>(configuration, "Replicas", "one or production"));

    private static T Read<T>(IConfiguration configuration, string name, string known) where T : struct, Enum
    {
        var value = configuration[name] ?? configuration[$"Hosting:{name}"];
        return value is null ? default
            : Enum.GetNames<T>().Contains(value, StringComparer.OrdinalIgnoreCase) ? Enum.Parse<T>(value, ignoreCase: true)
            : throw new DistributedApplicationException($"--{name.ToLowerInvariant()} (Hosting:{name}) is '{value}': use {known}.");
    }
}
