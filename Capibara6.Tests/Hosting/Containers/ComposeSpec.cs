using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Capibara6.Tests.Hosting.Containers;

/// <summary>
/// A Compose file as an engine reads it: variables replaced, and every field known. A field that isn't declared here fails the
/// reading, so that nothing in the published file is passed over in silence.
/// </summary>
internal sealed partial class ComposeSpec
{
    public required string Name { get; init; }

    public required Dictionary<string, ComposeServiceSpec> Services { get; init; }

    public required Dictionary<string, ComposeNetworkSpec> Networks { get; init; }

    public required Dictionary<string, ComposeVolumeSpec> Volumes { get; init; }

    public required Dictionary<string, ComposeFileSpec> Configs { get; init; }

    public required Dictionary<string, ComposeFileSpec> Secrets { get; init; }

    /// <summary>The file with the variables of an .env; those that are missing take the file's own defaults.</summary>
    public static ComposeSpec Parse(string text, IReadOnlyDictionary<string, string> variables) =>
        new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).WithEnforceRequiredMembers().Build()
            .Deserialize<ComposeSpec>(Variable().Replace(text, match => match.Value == "$$"
                ? "$"
                : match.Groups["name"] is { Success: true, Value: var name }
                    ? variables.GetValueOrDefault(name, match.Groups["default"].Value)
                    : throw new FormatException($"'{match.Value}' is no variable that Compose knows")));

    /// <summary>"90s", "1m30s" and the like.</summary>
    public static TimeSpan Duration(string text) => Time().Match(text) is { Success: true } match
        ? TimeSpan.FromSeconds(Number(match.Groups[1]) * 60 + Number(match.Groups[2]))
        : throw new FormatException($"'{text}' is no time");

    private static int Number(Group group) => group.Success ? int.Parse(group.Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"\$\$|\$\{(?<name>\w+):-(?<default>[^}]*)\}|\$")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^(?:(\d+)m)?(?:(\d+)s)?$")]
    private static partial Regex Time();
}

internal sealed class ComposeServiceSpec
{
    public required string Image { get; init; }

    public ComposeBuildSpec? Build { get; init; }

    public string[] Profiles { get; init; } = [];

    public string? User { get; init; }

    public string? ShmSize { get; init; }

    public string[]? Entrypoint { get; init; }

    public string[] Command { get; init; } = [];

    public Dictionary<string, string> Environment { get; init; } = [];

    public string[] Ports { get; init; } = [];

    public string[] Volumes { get; init; } = [];

    public ComposeMountSpec[] Configs { get; init; } = [];

    public ComposeMountSpec[] Secrets { get; init; } = [];

    public Dictionary<string, ComposeConditionSpec> DependsOn { get; init; } = [];

    public ComposeHealthSpec? Healthcheck { get; init; }

    public required Dictionary<string, ComposeAttachmentSpec> Networks { get; init; }

    public required string Restart { get; init; }

    public string StopGracePeriod { get; init; } = "10s";

    public required ComposeDeploySpec Deploy { get; init; }

    public bool Init { get; init; }

    public bool ReadOnly { get; init; }

    public string[] Tmpfs { get; init; } = [];

    public string[] CapDrop { get; init; } = [];

    public string[] CapAdd { get; init; } = [];

    public string[] SecurityOpt { get; init; } = [];

    public required ComposeLoggingSpec Logging { get; init; }
}

internal sealed record ComposeBuildSpec
{
    public required string Context { get; init; }

    public required string Dockerfile { get; init; }

    public required Dictionary<string, string> Args { get; init; }
}

internal sealed record ComposeMountSpec
{
    public required string Source { get; init; }

    public required string Target { get; init; }
}

internal sealed record ComposeConditionSpec
{
    public required string Condition { get; init; }
}

internal sealed record ComposeHealthSpec
{
    public required string[] Test { get; init; }

    public required string Interval { get; init; }

    public required string Timeout { get; init; }

    public required int Retries { get; init; }

    public required string StartPeriod { get; init; }
}

internal sealed record ComposeAttachmentSpec
{
    public string[] Aliases { get; init; } = [];
}

internal sealed record ComposeNetworkSpec
{
    public required bool Internal { get; init; }
}

internal sealed record ComposeVolumeSpec;

internal sealed record ComposeFileSpec
{
    public required string File { get; init; }
}

internal sealed record ComposeDeploySpec
{
    public int Replicas { get; init; } = 1;

    public required ComposeResourcesSpec Resources { get; init; }
}

internal sealed record ComposeResourcesSpec
{
    public required ComposeAmountsSpec Limits { get; init; }

    public required ComposeAmountsSpec Reservations { get; init; }
}

internal sealed record ComposeAmountsSpec
{
    public string? Cpus { get; init; }

    public required string Memory { get; init; }
}

internal sealed record ComposeLoggingSpec
{
    public required string Driver { get; init; }

    public required Dictionary<string, string> Options { get; init; }
}
