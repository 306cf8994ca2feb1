namespace Capibara6.Tests.Hosting.Containers;

/// <summary>
/// Images of the repository's own Dockerfile, built without a network: the SDK and Node.js are this machine's, packages come from
/// the folders that building the tests has filled.
/// </summary>
internal sealed class ComposedImages(string project, Action<string> log) : IAsyncDisposable
{
    private readonly List<string> _tags = [];

    public static string Tag(string project, string name) => $"localhost/{project}-{name}:test".ToLowerInvariant();

    /// <summary>Builds the image of each project, the stage that all share first.</summary>
    public async Task BuildAsync(IEnumerable<ComposeBuildSpec> builds, Func<string, string> place, CancellationToken cancellationToken)
    {
        var all = builds.DistinctBy(static build => build.Args["PROJECT"]).ToList();
        await BuildAsync(all[0], place, "build", ["--target", "build"], cancellationToken);
        foreach (var build in all)
        {
            await BuildAsync(build, place, build.Args["PROJECT"], [], cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var tag in Enumerable.Reverse(_tags))
        {
            await TestContainers.ExitCodeAsync(CancellationToken.None, "rmi", "--force", tag);
        }
    }

    private async Task BuildAsync(ComposeBuildSpec build, Func<string, string> place, string name, string[] target, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var context = place(build.Context);
        var tag = Tag(project, name);
        _tags.Add(tag);
        await TestContainers.RunAsync(
            cancellationToken,
            [
                "build", "--format", "docker", "--pull=never", "--network", "none", "--volume", $"{DotnetFolder}:/usr/share/dotnet:ro",
                "--volume", $"{PackagesFolder}:/packages:ro", .. NodeVolumes(), "--file", Path.Combine(context, build.Dockerfile), "--tag", tag, .. target,
                .. build.Args.SelectMany(static argument => new[] { "--build-arg", $"{argument.Key}={argument.Value}" }), context,
            ]);
        log($"built {tag} in {TimeProvider.System.GetElapsedTime(started).TotalSeconds:F0} s");
    }

    // npm's cache as a layer that is thrown away: npm writes into it.
    private static IEnumerable<string> NodeVolumes()
    {
        var npm = new FileInfo(OnPath("npm"));
        var module = Path.GetFullPath(Path.Combine((npm.ResolveLinkTarget(returnFinalTarget: true) ?? npm).FullName, "..", ".."));
        var cache = Environment.GetEnvironmentVariable("npm_config_cache")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".npm");
        return
        [
            "--volume", $"{OnPath("node")}:/usr/local/bin/node:ro", "--volume", $"{module}:/usr/local/lib/node_modules/npm:ro",
            "--volume", $"{cache}:/root/.npm:O",
        ];
    }

    private static string OnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, program)).First(File.Exists);

    private static string DotnetFolder => Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    private static string PackagesFolder => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
}
