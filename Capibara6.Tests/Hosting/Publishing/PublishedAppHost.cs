using System.Diagnostics;

namespace Capibara6.Tests.Hosting.Publishing;

/// <summary>What the AppHost of this repository publishes, by its command line, once for all tests.</summary>
internal sealed record PublishedAppHost(
    IReadOnlyDictionary<string, string> Kubernetes, IReadOnlyDictionary<string, string> Compose, string Manifest)
{
    private static readonly Lazy<Task<PublishedAppHost>> s_published = new(PublishAsync);

    public static Task<PublishedAppHost> GetAsync() => s_published.Value;

    /// <summary>Runs the AppHost and gives its exit code and all that it said.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(CancellationToken cancellationToken, params string[] args)
    {
        // Built beside the tests, with the same configuration.
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.Combine(Repository.Root, "Capibara6.AppHost"),
        };
        start.ArgumentList.Add(Path.Combine(Repository.Root, "artifacts", "bin", "Capibara6.AppHost", configuration, "Capibara6.AppHost.dll"));
        foreach (var arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    public static Dictionary<string, string> Read(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .ToDictionary(file => Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadAllText, StringComparer.Ordinal);

    private static async Task<PublishedAppHost> PublishAsync()
    {
        using var folder = new TemporaryFolder();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        async Task<string> WriteAsync(string publisher, string name)
        {
            var path = Path.Combine(folder.Path, name);
            var (exitCode, output) = await RunAsync(patience.Token, "--publisher", publisher, "--output-path", path);
            Assert.AreEqual(0, exitCode, output);
            return path;
        }

        var kubernetes = Read(await WriteAsync("kubernetes", "kubernetes"));
        var compose = Read(await WriteAsync("docker-compose", "compose"));
        return new PublishedAppHost(kubernetes, compose, await File.ReadAllTextAsync(await WriteAsync("manifest", "manifest.json"), patience.Token));
    }
}
