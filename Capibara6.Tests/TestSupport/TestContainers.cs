using CliWrap;
using CliWrap.Buffered;

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

    /// <summary>The lines that podman answers, its complaints included.</summary>
    public static async Task<IReadOnlyList<string>> PodmanAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var end = await EndAsync(arguments, cancellationToken);
        return [.. Lines(end.StandardOutput), .. Lines(end.StandardError)];
    }

    /// <summary>The code that podman ends with.</summary>
    public static async Task<int> ExitCodeAsync(CancellationToken cancellationToken, params string[] arguments) =>
        (await EndAsync(arguments, cancellationToken)).ExitCode;

    /// <summary>The lines of podman's answer; an error fails the test with what it said.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var end = await EndAsync(arguments, cancellationToken);
        Assert.AreEqual(0, end.ExitCode, $"podman {string.Join(' ', arguments)}: {end.StandardError}{end.StandardOutput}");
        return Lines(end.StandardOutput);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<BufferedCommandResult> EndAsync(string[] arguments, CancellationToken cancellationToken) =>
        await Cli.Wrap(Program).WithArguments(arguments).WithEnvironmentVariables(EnvironmentOfChildren)
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancellationToken);
}
