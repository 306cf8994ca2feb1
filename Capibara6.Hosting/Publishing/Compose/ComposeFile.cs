namespace Capibara6.Hosting.Publishing.Compose;

/// <summary>A docker-compose.yaml. What is null is left out.</summary>
internal sealed record ComposeFile
{
    public required string Name { get; init; }
    public required IDictionary<string, ComposeService> Services { get; init; }
    public required IDictionary<string, ComposeNetwork> Networks { get; init; }
    public IDictionary<string, ComposeVolume>? Volumes { get; init; }
    public IDictionary<string, ComposeSource>? Configs { get; init; }
    public IDictionary<string, ComposeSource>? Secrets { get; init; }
}

internal sealed record ComposeService
{
    public required string Image { get; init; }
    public ComposeBuild? Build { get; init; }
    public IReadOnlyList<string>? Profiles { get; init; }
    public string? User { get; init; }
    public string? ShmSize { get; init; }
    public IReadOnlyList<string>? Entrypoint { get; init; }
    public IReadOnlyList<string>? Command { get; init; }
    public IDictionary<string, string>? Environment { get; init; }
    public IReadOnlyList<string>? EnvFile { get; init; }
    public IReadOnlyList<string>? Ports { get; init; }
    public IReadOnlyList<string>? Volumes { get; init; }
    public IReadOnlyList<ComposeMount>? Configs { get; init; }
    public IReadOnlyList<ComposeMount>? Secrets { get; init; }
    public IDictionary<string, ComposeDependency>? DependsOn { get; init; }
    public ComposeHealthCheck? Healthcheck { get; init; }
    public required IDictionary<string, ComposeAttachment> Networks { get; init; }
    public required string Restart { get; init; }
    public string? StopGracePeriod { get; init; }
    public ComposeDeploy? Deploy { get; init; }

    /// <summary>
    /// A process 1 that reaps children and passes signals on. Not for servers that drop root: without the capability KILL it can't
    /// signal another user's process, and they would be killed at the end of the grace period.
    /// </summary>
    public bool Init { get; init; } = true;
    public bool ReadOnly { get; init; } = true;
    public IReadOnlyList<string>? Tmpfs { get; init; }
    public IReadOnlyList<string> CapDrop { get; init; } = ["ALL"];
    public IReadOnlyList<string>? CapAdd { get; init; }
    public IReadOnlyList<string> SecurityOpt { get; init; } = ["no-new-privileges:true"];
    public ComposeLogging Logging { get; init; } = new();
}

internal sealed record ComposeBuild(string Context, string Dockerfile, IDictionary<string, string>? Args)
{
    public string? Target { get; init; }
}

internal sealed record ComposeSource(string File);

/// <param name="Target">A path, or for a secret a file name below /run/secrets.</param>
internal sealed record ComposeMount(string Source, string Target);
internal sealed record ComposeDependency(string Condition);

internal sealed record ComposeHealthCheck(IReadOnlyList<string> Test)
{
    public string Interval { get; init; } = "10s";
    public string Timeout { get; init; } = "5s";
    public int Retries { get; init; } = 6;
    public string StartPeriod { get; init; } = "60s";
}

internal sealed record ComposeAttachment
{
    public IReadOnlyList<string>? Aliases { get; init; }
}

internal sealed record ComposeNetwork(bool Internal);
internal sealed record ComposeVolume;
internal sealed record ComposeDeploy(int? Replicas, ComposeResources Resources);
internal sealed record ComposeResources(ComposeAmounts Limits, ComposeAmounts Reservations);
internal sealed record ComposeAmounts(string? Cpus, string Memory);

internal sealed record ComposeLogging
{
    public string Driver { get; init; } = "json-file";

    public IDictionary<string, string> Options { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["max-file"] = "3",
        ["max-size"] = "10m",
    };
}
