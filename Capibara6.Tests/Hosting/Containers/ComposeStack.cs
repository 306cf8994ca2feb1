using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace Capibara6.Tests.Hosting.Containers;

/// <summary>
/// What `docker compose` does with a Compose file, on podman: networks, volumes, services in the order of their dependencies,
/// health, scale, stop and down. It adds nothing of its own to what the file says.
/// </summary>
/// <param name="place">The absolute path of a file that the Compose file names.</param>
/// <param name="images">The local image of a service, for those that can't be pulled here.</param>
internal sealed class ComposeStack(
    ComposeSpec spec, string project, Func<string, string> place, Func<ComposeServiceSpec, string> images, Action<string> log) : IAsyncDisposable
{
    private static readonly TimeSpan s_healthInterval = TimeSpan.FromMilliseconds(300);

    private readonly ConcurrentDictionary<string, Lazy<Task>> _started = [];
    private readonly ConcurrentDictionary<string, int> _numbers = [];

    public string Label => $"label=com.docker.compose.project={project}";

    public string Network(string name) => $"{project}_{name}";

    /// <summary>Starts every service without a profile, after what it depends on, and returns when all are healthy or done.</summary>
    public async Task UpAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(Active.Select(name => EnsureAsync(name, cancellationToken)));
    }

    /// <summary>Networks and volumes, for containers that have to be there before the services.</summary>
    public async Task CreateNetworksAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, network) in spec.Networks)
        {
            string[] kind = network.Internal ? ["--internal"] : [];
            await TestContainers.RunAsync(cancellationToken, ["network", "create", "--label", Label["label=".Length..], .. kind, Network(name)]);
        }

        foreach (var name in spec.Volumes.Keys)
        {
            await TestContainers.RunAsync(cancellationToken, "volume", "create", "--label", Label["label=".Length..], Network(name));
        }
    }

    /// <summary>The containers of a service that run, oldest first.</summary>
    public async Task<IReadOnlyList<string>> ReplicasAsync(string service, CancellationToken cancellationToken) =>
        [.. (await TestContainers.RunAsync(
                cancellationToken, "ps", "--filter", Label, "--filter", $"label=com.docker.compose.service={service}", "--format", "{{.Names}}"))
            .OrderBy(static name => int.Parse(name[(name.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture))];

    /// <summary>As `up --scale SERVICE=N --no-recreate`: more replicas, or the newest stopped.</summary>
    public async Task ScaleAsync(string service, int replicas, CancellationToken cancellationToken)
    {
        var running = await ReplicasAsync(service, cancellationToken);
        await Task.WhenAll(Enumerable.Range(0, Math.Max(0, replicas - running.Count)).Select(_ => StartReplicaAsync(service, cancellationToken)));
        foreach (var name in running.Skip(replicas))
        {
            await StopAsync(name, cancellationToken);
        }
    }

    /// <summary>As `docker stop` and `docker rm`: the exit code, which is 137 when the grace period did not suffice.</summary>
    public async Task<int> StopAsync(string container, CancellationToken cancellationToken)
    {
        await TestContainers.RunAsync(cancellationToken, "stop", container);
        var code = await TestContainers.RunAsync(cancellationToken, "inspect", "--format", "{{.State.ExitCode}}", container);
        log($"{container} stopped with {code[0]}");
        await TestContainers.RunAsync(cancellationToken, "rm", "--volumes", container);
        return int.Parse(code[0], CultureInfo.InvariantCulture);
    }

    /// <summary>As `docker compose stop`: dependants before what they depend on. Gives each container's exit code.</summary>
    public async Task<IReadOnlyDictionary<string, int>> StopAllAsync(CancellationToken cancellationToken)
    {
        var codes = new ConcurrentDictionary<string, int>();
        var left = Active.ToHashSet();
        while (left.Count > 0)
        {
            var wave = left.Where(name => !left.Any(other => spec.Services[other].DependsOn.ContainsKey(name))).ToList();
            Assert.IsNotEmpty(wave, "services depend on each other in a circle");
            var replicas = await Task.WhenAll(wave.Select(name => ReplicasAsync(name, cancellationToken)));
            await Task.WhenAll(replicas.SelectMany(static names => names).Select(async replica => codes[replica] = await StopAsync(replica, cancellationToken)));
            left.ExceptWith(wave);
        }

        return codes;
    }

    /// <summary>As `docker compose down --volumes`, whatever the state.</summary>
    public async Task DownAsync()
    {
        await RemoveAsync(["ps", "--all", "--quiet", "--filter", Label], "rm", "--force", "--volumes", "--time", "0");
        await RemoveAsync(["network", "ls", "--quiet", "--filter", Label], "network", "rm", "--force");
        await RemoveAsync(["volume", "ls", "--quiet", "--filter", Label], "volume", "rm", "--force");
    }

    /// <summary>The last lines of every container there is.</summary>
    public async Task LogAllAsync()
    {
        foreach (var name in await TestContainers.RunAsync(CancellationToken.None, "ps", "--all", "--filter", Label, "--format", "{{.Names}}"))
        {
            log($"--- {name}\n{string.Join('\n', await TestContainers.PodmanAsync(CancellationToken.None, "logs", "--tail", "400", name))}");
        }
    }

    public async ValueTask DisposeAsync() => await DownAsync();

    private IEnumerable<string> Active => spec.Services.Where(static service => service.Value.Profiles.Length == 0).Select(static service => service.Key);

    private Task EnsureAsync(string service, CancellationToken cancellationToken) =>
        _started.GetOrAdd(service, name => new Lazy<Task>(() => StartAsync(name, cancellationToken))).Value;

    private async Task StartAsync(string service, CancellationToken cancellationToken)
    {
        await Task.WhenAll(spec.Services[service].DependsOn.Keys.Select(name => EnsureAsync(name, cancellationToken)));
        var awaitsEnd = spec.Services.Values.Any(other =>
            other.DependsOn.GetValueOrDefault(service)?.Condition == "service_completed_successfully");
        await Task.WhenAll(Enumerable.Range(0, spec.Services[service].Deploy.Replicas).Select(async _ =>
        {
            var name = await RunAsync(service, cancellationToken);
            if (awaitsEnd)
            {
                var code = await TestContainers.RunAsync(cancellationToken, "wait", name);
                Assert.AreEqual("0", code[0], $"{name} did not complete");
            }
            else
            {
                await HealthyAsync(service, name, cancellationToken);
            }
        }));
        log($"{service} is up");
    }

    public async Task<string> StartReplicaAsync(string service, CancellationToken cancellationToken)
    {
        var name = await RunAsync(service, cancellationToken);
        await HealthyAsync(service, name, cancellationToken);
        return name;
    }

    private async Task<string> RunAsync(string service, CancellationToken cancellationToken)
    {
        var name = $"{project}-{service}-{_numbers.AddOrUpdate(service, 1, static (_, number) => number + 1)}";
        await TestContainers.RunAsync(cancellationToken, [.. Arguments(service, name)]);
        return name;
    }

    private IEnumerable<string> Arguments(string service, string name)
    {
        var item = spec.Services[service];
        string[] lists =
        [
            "--label", Label["label=".Length..], "--label", $"com.docker.compose.service={service}",
            .. item.Networks.SelectMany(network => Option(
                "--network", $"{Network(network.Key)}:{string.Join(',', network.Value.Aliases.Prepend(service).Select(static alias => $"alias={alias}"))}")),
            .. item.Environment.SelectMany(static variable => Option("--env", $"{variable.Key}={variable.Value}")),
            .. item.Ports.SelectMany(static port => Option("--publish", port)),
            .. item.Volumes.SelectMany(volume => Option("--volume", Network(volume))),
            .. item.Configs.SelectMany(mount => Option("--volume", $"{place(spec.Configs[mount.Source].File)}:{mount.Target}:ro")),
            .. item.Secrets.SelectMany(mount => Option("--volume", $"{place(spec.Secrets[mount.Source].File)}:/run/secrets/{mount.Target}:ro")),
            .. item.Tmpfs.SelectMany(static path => Option("--tmpfs", path)),
            .. item.CapDrop.SelectMany(static capability => Option("--cap-drop", capability)),
            .. item.CapAdd.SelectMany(static capability => Option("--cap-add", capability)),
            .. item.SecurityOpt.SelectMany(static option => Option("--security-opt", option.Replace(":true", string.Empty, StringComparison.Ordinal))),
            .. item.Logging.Options.Where(static option => option.Key == "max-size").SelectMany(static option => Option("--log-opt", $"{option.Key}={option.Value}")),
        ];
        var limits = item.Deploy.Resources;
        string[] processors = limits.Limits.Cpus is { } cpus ? ["--cpus", cpus] : [];
        string[] user = item.User is { } account ? ["--user", account] : [];
        string[] sharedMemory = item.ShmSize is { } size ? ["--shm-size", size] : [];
        string[] entrypoint = item.Entrypoint is { } command ? ["--entrypoint", JsonSerializer.Serialize(command)] : [];
        return
        [
            "run", "--detach", "--pull", "never", "--name", name, .. lists, .. processors, .. user, .. sharedMemory, .. entrypoint,
            "--memory", limits.Limits.Memory, "--memory-reservation", limits.Reservations.Memory,
            "--restart", item.Restart, $"--init={item.Init}", $"--read-only={item.ReadOnly}", "--read-only-tmpfs=false",
            "--stop-timeout", ComposeSpec.Duration(item.StopGracePeriod).TotalSeconds.ToString(CultureInfo.InvariantCulture),
            "--log-driver", item.Logging.Driver, "--no-healthcheck", images(item), .. item.Command,
        ];
    }

    private static string[] Option(string name, string value) => [name, value];

    /// <summary>Asks the service's own health check until it says yes, for as long as the file allows.</summary>
    private async Task HealthyAsync(string service, string name, CancellationToken cancellationToken)
    {
        if (spec.Services[service].Healthcheck is not { } health)
        {
            return;
        }

        string[] test = health.Test is ["CMD-SHELL", var script] ? ["/bin/sh", "-c", script] : health.Test[1..];
        var limit = ComposeSpec.Duration(health.StartPeriod) + ComposeSpec.Duration(health.Interval) * health.Retries;
        var started = TimeProvider.System.GetTimestamp();
        while (await TestContainers.ExitCodeAsync(cancellationToken, ["exec", name, .. test]) != 0)
        {
            Assert.IsLessThan(limit, TimeProvider.System.GetElapsedTime(started), $"{name} is not healthy");
            await Task.Delay(s_healthInterval, TimeProvider.System, cancellationToken);
        }
    }

    private static async Task RemoveAsync(string[] list, params string[] remove)
    {
        if (await TestContainers.RunAsync(CancellationToken.None, list) is { Count: > 0 } found)
        {
            await TestContainers.RunAsync(CancellationToken.None, [.. remove, .. found.Distinct()]);
        }
    }
}
