using System.Globalization;
using Capibara6.Hosting.Orchestration.Processes;
using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.Orchestration.Containers;

internal sealed class ContainerRuntime(ContainerCommand command, string version, HostRun run, TimeProvider time, ILogger<ContainerRuntime> logger)
    : IContainerRuntime
{
    public string Name { get; } = Path.GetFileNameWithoutExtension(command.Program);

    public string Version => version;

    public async Task EnsureImageAsync(string image, ImagePull pull, Action<ProcessLine>? onLine, CancellationToken cancellationToken)
    {
        if (pull != ImagePull.Always)
        {
            var (exit, _) = await command.TryAsync(["image", "inspect", "--format", "{{.Id}}", image], cancellationToken).ConfigureAwait(false);
            if (exit.ExitCode == 0)
            {
                return;
            }

            if (pull == ImagePull.Never)
            {
                throw new ContainerException($"The image {image} is not on this machine, and pulling it is switched off. Pull or build it, or change the pull policy.");
            }
        }

        ContainerLog.Pulling(logger, image);
        await command.RunAsync($"pull the image {image}", ["pull", image], cancellationToken, onLine).ConfigureAwait(false);
    }

    public async Task<IRunningContainer> StartAsync(ContainerSpec spec, CancellationToken cancellationToken)
    {
        run.RegisterContainers(command.Program);
        var id = spec.IsPersistent ? await FindPersistentAsync(spec, cancellationToken).ConfigureAwait(false) : null;
        id ??= await CreateAsync(spec, cancellationToken).ConfigureAwait(false);
        try
        {
            await command.RunAsync($"start {spec.Name}", ["start", id], cancellationToken).ConfigureAwait(false);
            var ports = await ReadPortsAsync(spec, id, cancellationToken).ConfigureAwait(false);
            return new RunningContainer(command, spec, id, ports, time);
        }
        catch
        {
            if (!spec.IsPersistent)
            {
                await command.TryAsync(["rm", "--force", "--volumes", id], CancellationToken.None).ConfigureAwait(false);
            }

            throw;
        }
    }

    public async Task EnsureNetworkAsync(string name, bool isPersistent, CancellationToken cancellationToken)
    {
        run.RegisterContainers(command.Program);
        if (await HasNetworkAsync(name, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        string[] label = isPersistent ? [] : ["--label", $"{HostRun.ContainerLabel}={run.Id}"];
        var (exit, _) = await command.TryAsync(["network", "create", .. label, name], cancellationToken).ConfigureAwait(false);
        // Several containers of a run ask for their network at the same time; one of them makes it.
        if (exit.ExitCode != 0 && !await HasNetworkAsync(name, cancellationToken).ConfigureAwait(false))
        {
            throw command.Refused($"make the network {name}", exit);
        }
    }

    private async Task<bool> HasNetworkAsync(string name, CancellationToken cancellationToken)
    {
        var (exit, _) = await command.TryAsync(["network", "inspect", name], cancellationToken).ConfigureAwait(false);
        return exit.ExitCode == 0;
    }

    public Task RemoveNetworkAsync(string name, CancellationToken cancellationToken) =>
        command.RunAsync($"remove the network {name}", ["network", "rm", name], cancellationToken);

    public Task RemoveVolumeAsync(string name, CancellationToken cancellationToken) =>
        command.RunAsync($"remove the volume {name}", ["volume", "rm", name], cancellationToken);

    public async Task RemoveRunAsync(string runId, CancellationToken cancellationToken)
    {
        var filter = $"label={HostRun.ContainerLabel}={runId}";
        await RemoveAllAsync("containers", ["ps", "--all", "--quiet", "--filter", filter], ["rm", "--force", "--volumes"], cancellationToken).ConfigureAwait(false);
        await RemoveAllAsync("networks", ["network", "ls", "--quiet", "--filter", filter], ["network", "rm"], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The guardian of the run may be removing the same ones: only what is left after a second try is an error.</summary>
    private async Task RemoveAllAsync(string what, string[] list, string[] remove, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var found = await command.RunAsync($"list {what}", list, cancellationToken).ConfigureAwait(false);
            if (found.Count == 0)
            {
                return;
            }

            ContainerLog.RemovingLeftovers(logger, found.Count, what);
            var (exit, _) = await command.TryAsync([.. remove, .. found], cancellationToken).ConfigureAwait(false);
            if (exit.ExitCode == 0)
            {
                return;
            }

            if (attempt == 2)
            {
                throw command.Refused($"remove {what} of an earlier run", exit);
            }
        }
    }

    private async Task<string> CreateAsync(ContainerSpec spec, CancellationToken cancellationToken)
    {
        var host = spec.HostAlias is null ? null : await new HostAddress(command, version).FindAsync(spec.Network, cancellationToken).ConfigureAwait(false);
        using var environment = new EnvironmentFile(spec);
        var output = await command.RunAsync(
            $"create {spec.Name} from {spec.Image}", ContainerArguments.Create(spec, run.Id, host, environment.Path), cancellationToken).ConfigureAwait(false);
        return output.Count > 0 ? output[^1].Trim() : throw new ContainerException($"{Name} gave no id for {spec.Name}.");
    }

    /// <summary>The container of an earlier run, if it was made from the same description; an outdated one is removed.</summary>
    private async Task<string?> FindPersistentAsync(ContainerSpec spec, CancellationToken cancellationToken)
    {
        var format = $"{{{{.Id}}}} {{{{index .Config.Labels \"{ContainerArguments.DescriptionLabel}\"}}}}";
        var (exit, output) = await command.TryAsync(["container", "inspect", "--format", format, spec.Name], cancellationToken).ConfigureAwait(false);
        if (exit.ExitCode != 0 || output.Count == 0)
        {
            return null;
        }

        var found = output[^1].Split(' ');
        if (found.Length == 2 && found[1] == ContainerArguments.Fingerprint(spec))
        {
            return found[0];
        }

        ContainerLog.Replacing(logger, spec.Name);
        await command.RunAsync($"remove the outdated {spec.Name}", ["rm", "--force", "--volumes", spec.Name], cancellationToken).ConfigureAwait(false);
        return null;
    }

    private async Task<IReadOnlyList<ContainerPort>> ReadPortsAsync(ContainerSpec spec, string id, CancellationToken cancellationToken)
    {
        List<ContainerPort> ports = [];
        foreach (var port in spec.Ports)
        {
            ports.Add(port.HostPort is null ? port with { HostPort = await ReadPortAsync(id, port, cancellationToken).ConfigureAwait(false) } : port);
        }

        return ports;
    }

    /// <summary>"127.0.0.1:43215"</summary>
    private async Task<int> ReadPortAsync(string id, ContainerPort port, CancellationToken cancellationToken)
    {
        var output = await command.RunAsync(
            "read a port", ["port", id, string.Create(CultureInfo.InvariantCulture, $"{port.TargetPort}/{port.Protocol}")], cancellationToken).ConfigureAwait(false);
        var text = output.Count > 0 ? output[0] : string.Empty;
        return int.TryParse(text.AsSpan(text.LastIndexOf(':') + 1), CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ContainerException($"{Name} did not say which port of this machine leads to port {port.TargetPort}.");
    }
}
