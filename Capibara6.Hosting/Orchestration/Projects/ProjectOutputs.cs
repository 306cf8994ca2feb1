using System.Collections.Concurrent;
using System.Text.Json;
using Capibara6.Hosting.Orchestration.Processes;

namespace Capibara6.Hosting.Orchestration.Projects;

/// <summary>
/// Looks first where the SDK's two layouts put a project's output, seen from the AppHost's own output; asks MSBuild
/// when nothing is there.
/// </summary>
internal sealed class ProjectOutputs(IProcessRunner processes) : IProjectOutputs, IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<ProjectOutput>>> _found = new(StringComparer.Ordinal);

    // Two builds at once would write to the same files of what both reference.
    private readonly SemaphoreSlim _building = new(1);

    public async Task<ProjectOutput> FindAsync(
        string projectPath, bool build, Action<string> onLine, CancellationToken cancellationToken)
    {
        if (!File.Exists(projectPath))
        {
            throw new InstanceLaunchException($"The project {projectPath} does not exist.");
        }

        if (Path.GetExtension(projectPath) == ".cs")
        {
            return new ProjectOutput(DotNetHost.Program, ["run", "--file", projectPath, "--no-cache", "--no-launch-profile", "--"]);
        }

        // All replicas of a project share one search. One that failed may succeed at the next start.
        var search = _found.GetOrAdd(projectPath, path => new Lazy<Task<ProjectOutput>>(() => SearchAsync(path, build, onLine, cancellationToken)));
        try
        {
            return await search.Value.WaitAsync(cancellationToken);
        }
        catch
        {
            _found.TryRemove(new KeyValuePair<string, Lazy<Task<ProjectOutput>>>(projectPath, search));
            throw;
        }
    }

    public void Dispose() => _building.Dispose();

    private async Task<ProjectOutput> SearchAsync(string projectPath, bool build, Action<string> onLine, CancellationToken cancellationToken)
    {
        if (build)
        {
            await BuildAsync(projectPath, onLine, cancellationToken);
        }

        var assembly = ConventionalPaths(projectPath).FirstOrDefault(IsProgram)
            ?? await AskMsBuildAsync(projectPath, cancellationToken);
        var program = OperatingSystem.IsWindows() ? Path.ChangeExtension(assembly, ".exe") : assembly[..^".dll".Length];
        return File.Exists(program) ? new ProjectOutput(program, []) : new ProjectOutput(DotNetHost.Program, [assembly]);
    }

    private static IEnumerable<string> ConventionalPaths(string projectPath)
    {
        var name = Path.GetFileNameWithoutExtension(projectPath);
        var own = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);

        // {root}/artifacts/bin/{project}/{configuration}/
        var bin = Path.GetDirectoryName(Path.GetDirectoryName(own));
        if (bin is not null && Path.GetFileName(bin) == "bin")
        {
            yield return Path.Combine(bin, name, Path.GetFileName(own), name + ".dll");
        }

        // {project}/bin/{configuration}/{framework}/
        if (bin is not null && Path.GetFileName(Path.GetDirectoryName(bin)) is "bin" or "obj" || Path.GetFileName(bin) == "bin")
        {
            var framework = Path.GetFileName(own);
            var configuration = Path.GetFileName(Path.GetDirectoryName(own))!;
            yield return Path.Combine(Path.GetDirectoryName(projectPath)!, "bin", configuration, framework, name + ".dll");
        }
    }

    // A library has no runtime configuration beside it.
    private static bool IsProgram(string assembly) =>
        File.Exists(assembly) && File.Exists(Path.ChangeExtension(assembly, ".runtimeconfig.json"));

    private async Task<string> AskMsBuildAsync(string projectPath, CancellationToken cancellationToken)
    {
        var exit = await RunAsync(
            ["msbuild", projectPath, "-nologo", $"-p:Configuration={Configuration}", "-getProperty:TargetPath", "-getProperty:OutputType"],
            projectPath, _ => { }, cancellationToken);
        var answer = string.Join('\n', exit.LastLines);
        if (exit.ExitCode != 0)
        {
            throw new InstanceLaunchException($"MSBuild can't read {projectPath}: {answer}");
        }

        string? target;
        try
        {
            target = JsonDocument.Parse(answer).RootElement.GetProperty("Properties").GetProperty("TargetPath").GetString();
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException)
        {
            throw new InstanceLaunchException($"MSBuild did not say where the output of {projectPath} is: {answer}", exception);
        }

        return target is not null && IsProgram(target)
            ? target
            : throw new InstanceLaunchException($"The project {projectPath} has not been built as a program: {target} is missing. Build it with: dotnet build \"{projectPath}\"");
    }

    private async Task BuildAsync(string projectPath, Action<string> onLine, CancellationToken cancellationToken)
    {
        await _building.WaitAsync(cancellationToken);
        try
        {
            var exit = await RunAsync(
                ["build", projectPath, "--configuration", Configuration, "-nologo", "-v", "q"], projectPath, onLine, cancellationToken);
            if (exit.ExitCode != 0)
            {
                var reason = exit.LastLines.FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal)) ?? string.Join('\n', exit.LastLines);
                throw new InstanceLaunchException($"The project {projectPath} doesn't build: {reason.Trim()}");
            }
        }
        finally
        {
            _building.Release();
        }
    }

    private async Task<ProcessExit> RunAsync(
        IReadOnlyList<string> arguments, string projectPath, Action<string> onLine, CancellationToken cancellationToken)
    {
        await using var running = processes.Start(new ProcessSpec(DotNetHost.Program)
        {
            Arguments = arguments,
            WorkingDirectory = Path.GetDirectoryName(projectPath),
            Environment = new Dictionary<string, string?>
            {
                ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
                ["DOTNET_NOLOGO"] = "1",
                // A build server would outlive this run.
                ["MSBUILDDISABLENODEREUSE"] = "1",
                ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
            },
            OnLine = line => onLine(line.Text),
            RetainedLines = 100,
        });
        return await running.Exit.WaitAsync(cancellationToken);
    }

    // The configuration that this library was built in is the AppHost's: both come from the same build.
    private static string Configuration =>
#if DEBUG
        "Debug";
#else
        "Release";
#endif
}
