using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Capibara6.Hosting.Orchestration.Processes;

namespace Capibara6.Hosting.Orchestration.Containers;

/// <summary>A container's description as the words of the runtime's command line.</summary>
internal static class ContainerArguments
{
    /// <summary>On persistent containers: the fingerprint of the description they were made from.</summary>
    public const string DescriptionLabel = "capibara6.hosting.description";

    /// <param name="hostAddress">The address behind <see cref="ContainerSpec.HostAlias"/>; null leaves the name out.</param>
    /// <param name="environmentFile">Holds the variables, one <c>NAME=value</c> a line; null when there are none.</param>
    public static IReadOnlyList<string> Create(ContainerSpec spec, string runId, string? hostAddress, string? environmentFile) =>
    [
        "create", "--name", spec.Name, "--pull", "never",
        "--label", spec.IsPersistent ? $"{DescriptionLabel}={Fingerprint(spec)}" : $"{HostRun.ContainerLabel}={runId}",
        .. environmentFile is null ? (string[])[] : ["--env-file", environmentFile],
        .. spec.Ports.SelectMany(port => new[] { "--publish", PortOf(port) }),
        .. spec.Mounts.SelectMany(mount => new[] { "--mount", MountOf(mount) }),
        .. spec.Network is null ? (string[])[] : ["--network", spec.Network],
        .. spec.NetworkAliases.SelectMany(alias => new[] { "--network-alias", alias }),
        .. spec.HostAlias is null || hostAddress is null ? (string[])[] : ["--add-host", $"{spec.HostAlias}:{hostAddress}"],
        .. spec.Entrypoint is null ? (string[])[] : ["--entrypoint", spec.Entrypoint],
        .. spec.RuntimeArguments,
        spec.Image,
        .. spec.Arguments,
    ];

    /// <summary>A hash over everything that makes a difference to the container.</summary>
    public static string Fingerprint(ContainerSpec spec)
    {
        var words = Create(spec with { IsPersistent = false }, runId: string.Empty, spec.HostAlias is null ? null : "host", environmentFile: null)
            .Concat(spec.Environment.OrderBy(variable => variable.Key, StringComparer.Ordinal).Select(variable => $"{variable.Key}={variable.Value}"));
        var text = string.Join('\0', words);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static string PortOf(ContainerPort port) =>
        string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port.HostPort}:{port.TargetPort}/{port.Protocol}");

    private static string MountOf(ContainerMount mount)
    {
        var text = new StringBuilder(mount.Kind == ContainerMountKind.Bind ? "type=bind" : "type=volume");
        if (mount.Source is not null)
        {
            text.Append(",source=").Append(Field(mount.Source));
        }

        text.Append(",target=").Append(Field(mount.Target));
        return mount.IsReadOnly ? text.Append(",readonly").ToString() : text.ToString();
    }

    private static string Field(string value) => value.Contains(',', StringComparison.Ordinal)
        ? throw new ContainerException($"The mount {value} has a comma in its path, which container runtimes can't take. Rename the folder.")
        : value;
}
