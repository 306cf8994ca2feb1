using System.Collections.Concurrent;
using Capibara6.Hosting.Orchestration.Containers;
using Capibara6.Hosting.Orchestration.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Capibara6.Tests;

/// <summary>
/// The container runtime for tests of the category Container: what setup-podman.sh has prepared, with its stand-in images.
/// Without it these tests are inconclusive. Nothing else on the machine sees this runtime: it is not on PATH.
/// </summary>
internal static class TestContainers
{
    public const string PostgresImage = "docker.io/library/postgres:18.3";
    public const string RedisImage = "docker.io/library/redis:8.6";

    public static string Folder { get; } = Environment.GetEnvironmentVariable("CAPIBARA6_PODMAN") ?? "/opt/capibara6-podman";

    public static string Program => Path.Combine(Folder, "usr", "bin", "podman");

    /// <summary>What a process needs in its environment to find this runtime as podman, and nothing else.</summary>
    public static IReadOnlyDictionary<string, string?> EnvironmentOfChildren { get; } = new Dictionary<string, string?>
    {
        ["PATH"] = $"{Path.GetDirectoryName(Program)}:{Environment.GetEnvironmentVariable("PATH")}",
        ["CONTAINERS_CONF"] = Path.Combine(Folder, "containers.conf"),
        ["ASPIRE_CONTAINER_RUNTIME"] = "podman",
    };

    /// <summary>Ends the test as inconclusive when there is no runtime.</summary>
    public static void Require()
    {
        if (!File.Exists(Program))
        {
            Assert.Inconclusive($"no container runtime in {Folder}: run Capibara6.Tests/Hosting/Containers/setup-podman.sh as root");
        }

        // Read by podman, which this process starts; the path of the file is the same for every test.
        Environment.SetEnvironmentVariable("CONTAINERS_CONF", EnvironmentOfChildren["CONTAINERS_CONF"]);
    }

    /// <summary>The runtime, whose containers belong to <paramref name="run"/>.</summary>
    public static async Task<IContainerRuntime> RuntimeAsync(HostRun run, CancellationToken cancellationToken)
    {
        Require();
        var runner = new ProcessRunner(run, TimeProvider.System, NullLogger<ProcessRunner>.Instance);
        var runtimes = new ContainerRuntimes(run, runner, TimeProvider.System, NullLogger<ContainerRuntime>.Instance);
        var choice = await runtimes.FindAsync([Program], cancellationToken);
        return choice.Runtime ?? throw new InvalidOperationException(choice.Reason);
    }

    /// <summary>The lines that podman answers, its complaints included.</summary>
    public static async Task<IReadOnlyList<string>> PodmanAsync(CancellationToken cancellationToken, params string[] arguments) =>
        (await EndAsync(onLine: null, arguments, cancellationToken)).LastLines;

    /// <summary>The code that podman ends with.</summary>
    public static async Task<int> ExitCodeAsync(CancellationToken cancellationToken, params string[] arguments) =>
        (await EndAsync(onLine: null, arguments, cancellationToken)).ExitCode;

    /// <summary>The lines of podman's answer; an error fails the test with what it said.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var answer = new ConcurrentQueue<string>();
        var end = await EndAsync(line => { if (!line.IsError) { answer.Enqueue(line.Text); } }, arguments, cancellationToken);
        Assert.AreEqual(0, end.ExitCode, $"podman {string.Join(' ', arguments)}: {string.Join(' ', end.LastLines)}");
        return [.. answer];
    }

    private static async Task<ProcessExit> EndAsync(Action<ProcessLine>? onLine, string[] arguments, CancellationToken cancellationToken)
    {
        var runner = new ProcessRunner(run: null, TimeProvider.System, NullLogger<ProcessRunner>.Instance);
        var spec = new ProcessSpec(Program) { Arguments = arguments, Environment = EnvironmentOfChildren, LeavesDaemons = true, OnLine = onLine };
        await using var command = runner.Start(spec);
        return await command.Exit.WaitAsync(cancellationToken);
    }
}
