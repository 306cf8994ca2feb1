using System.Text.RegularExpressions;

namespace Capibara6.Hosting.Orchestration.Containers;

/// <summary>The address by which containers reach this machine.</summary>
internal sealed partial class HostAddress(ContainerCommand command, string version)
{
    /// <summary>A word that the runtime replaces by the address itself: docker always, podman from 4.7 on.</summary>
    private const string Gateway = "host-gateway";
    private static readonly Version s_firstPodman = new(4, 7);

    public async Task<string> FindAsync(string? network, CancellationToken cancellationToken)
    {
        if (!IsOldPodman())
        {
            return Gateway;
        }

        // "10.89.0.1 "
        string[] inspect = ["network", "inspect", "--format", "{{range .Subnets}}{{.Gateway}} {{end}}", network ?? "podman"];
        var output = await command.RunAsync("read the gateway of a network", inspect, cancellationToken).ConfigureAwait(false);
        return output.SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).FirstOrDefault() ?? Gateway;
    }

    private bool IsOldPodman() =>
        PodmanVersion().Match(version) is { Success: true } match && Version.Parse(match.Groups[1].Value) < s_firstPodman;

    /// <summary>"podman version 4.3.1"</summary>
    [GeneratedRegex(@"^podman version (\d+\.\d+)")]
    private static partial Regex PodmanVersion();
}
