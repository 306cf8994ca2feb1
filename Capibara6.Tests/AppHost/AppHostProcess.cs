using System.Diagnostics;
using System.Text;
using Capibara6.Hosting.LocalServers.Programs;

namespace Capibara6.Tests.AppHost;

/// <summary>The AppHost as a user starts it: a process of its own, with data and secrets of its own.</summary>
internal sealed class AppHostProcess : IAsyncDisposable
{
    private const string Name = "Capibara6.AppHost";
    private const string Mark = "CAPIBARA6_TEST_RUN";

    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly string _identity;
    private readonly TemporaryFolder _temporary = new();
    private readonly Process _process;

    private AppHostProcess(string identity, string[] args)
    {
        _identity = identity;
        var bin = Path.GetDirectoryName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!;
        var folder = Path.Combine(bin, Name, Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)));
        var info = new ProcessStartInfo(Path.Combine(folder, Name), [$"--AppHostSha={identity}", "--infrastructure", "local", .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Path.Combine(Repository.Root, Name),
        };
        // Everything that it starts inherits the mark.
        info.Environment[Mark] = identity;
        info.Environment["ASPIRE_USER_SECRETS_ID"] = SecretsId;
        info.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        foreach (var (name, value) in Settings())
        {
            info.Environment[name] = value;
        }

        _process = new Process { StartInfo = info };
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Pid => _process.Id;

    public string Output => Read(_output);

    public string Errors => Read(_errors).Trim();

    private string SecretsId => $"capibara6-test-{_identity[..16]}";

    /// <summary>What this run has in the folder for temporary files, which is its own; services and NuGet keep something there on purpose.</summary>
    public IReadOnlyList<string> TemporaryFiles =>
        [.. Directory.GetFileSystemEntries(_temporary.Path).Where(entry => Path.GetFileName(entry) is not ("capibara6-usage" or "NuGetScratchroot"))];

    public static AppHostProcess Start(params string[] args) =>
        new(Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)), args);

    /// <summary>Starts the AppHost, and waits until it has ended by itself.</summary>
    public static async Task<(int ExitCode, string Errors, string Output)> RunAsync(CancellationToken cancellationToken, params string[] args)
    {
        await using var process = Start(args);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        await process._process.WaitForExitAsync(limit.Token);
        return (process._process.ExitCode, process.Errors, process.Output);
    }

    /// <summary>The processes that this run has started and that live. PostgreSQL's write over their environment, and work where its data is.</summary>
    public IReadOnlyList<int> Children()
    {
        var mark = Encoding.UTF8.GetBytes($"{Mark}={_identity}");
        return
        [
            .. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, null, out _)).Select(name => int.Parse(name!, null))
                .Where(pid => pid != Pid && pid != Environment.ProcessId && (EnvironmentOf(pid).AsSpan().IndexOf(mark) >= 0 || WorksFor(pid))),
        ];
    }

    public void Kill() => _process.Kill();

    public void Terminate()
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", ["-TERM", $"{Pid}"]))!;
        kill.WaitForExit();
    }

    /// <summary>Waits until the console shows a line with this text.</summary>
    public Task ShowsAsync(string text, CancellationToken cancellationToken) => Eventually.TrueAsync(
        () => Output.Contains(text, StringComparison.Ordinal) || _process.HasExited, TimeSpan.FromMinutes(2), $"'{text}' on the console", cancellationToken);

    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Terminate();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
        _temporary.Dispose();
        var volumes = HostFolders.Default.Volume(string.Empty);
        if (Directory.Exists(volumes))
        {
            foreach (var volume in Directory.GetDirectories(volumes, $"*-{_identity[..10].ToLowerInvariant()}-*"))
            {
                Directory.Delete(volume, recursive: true);
            }
        }

        var secrets = Microsoft.Extensions.Configuration.UserSecrets.PathHelper.GetSecretsPathFromSecretsId(SecretsId);
        if (Path.GetDirectoryName(secrets) is { } folder && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What the launch profile sets, with ports of this run's own, and a folder for temporary files that shows what is left.</summary>
    private IEnumerable<(string Name, string Value)> Settings()
    {
        if (!OperatingSystem.IsWindows())
        {
            // The servers may run as another user, who has to get through.
            File.SetUnixFileMode(_temporary.Path, File.GetUnixFileMode(_temporary.Path) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }

        yield return ("TMPDIR", _temporary.Path);
        yield return ("DOTNET_EnableDiagnostics", "0"); // its sockets stay when a process is killed
        yield return ("DOTNET_ENVIRONMENT", "Development");
        yield return ("ASPNETCORE_ENVIRONMENT", "Development");
        yield return ("ASPIRE_ALLOW_UNSECURED_TRANSPORT", "true");
        yield return ("ASPNETCORE_URLS", $"http://localhost:{LocalServersFixture.FreePort()}");
        yield return ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", $"http://localhost:{LocalServersFixture.FreePort()}");
        yield return ("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", $"http://localhost:{LocalServersFixture.FreePort()}");
    }

    private bool WorksFor(int pid)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{pid}/cwd", returnFinalTarget: false)?.FullName is { } folder
                && (folder.StartsWith(_temporary.Path, StringComparison.Ordinal) || folder.Contains($"-{_identity[..10].ToLowerInvariant()}-", StringComparison.Ordinal));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static byte[] EnvironmentOf(int pid)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{pid}/environ");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.AppendLine(line);
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
