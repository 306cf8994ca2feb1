using Microsoft.Extensions.Options;

namespace Capibara6.Hosting.Orchestration.Placement;

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

/// <summary>How many instances run.</summary>
internal enum ReplicaMode
{
    /// <summary>One of each.</summary>
    One,

    /// <summary>As many as <c>WithReplicas</c> says.</summary>
    Production,
}

/// <summary>Settings of a run, section <c>Hosting</c>.</summary>
internal sealed class PlacementOptions
{
    public const string SectionName = "Hosting";

    /// <summary>auto, containers or local; switch <c>--infrastructure</c>.</summary>
    public string Infrastructure { get; set; } = "auto";

    /// <summary>one or production; switch <c>--replicas</c>.</summary>
    public string Replicas { get; set; } = "one";

    /// <summary>Folder of PostgreSQL's programs initdb and postgres, for local servers; null to look for one.</summary>
    public string? PostgresFolder { get; set; }

    internal InfrastructureMode InfrastructureMode => Enum.Parse<InfrastructureMode>(Infrastructure, ignoreCase: true);

    internal ReplicaMode ReplicaMode => Enum.Parse<ReplicaMode>(Replicas, ignoreCase: true);
}

/// <summary>Says which values are known.</summary>
internal sealed class PlacementOptionsValidator : IValidateOptions<PlacementOptions>
{
    public ValidateOptionsResult Validate(string? name, PlacementOptions options)
    {
        List<string> faults = [];
        if (!IsOneOf<InfrastructureMode>(options.Infrastructure))
        {
            faults.Add($"--infrastructure (Hosting:Infrastructure) is '{options.Infrastructure}': use auto, containers or local.");
        }

        if (!IsOneOf<ReplicaMode>(options.Replicas))
        {
            faults.Add($"--replicas (Hosting:Replicas) is '{options.Replicas}': use one or production.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static bool IsOneOf<T>(string value) where T : struct, Enum =>
        Enum.GetNames<T>().Contains(value, StringComparer.OrdinalIgnoreCase);
}
