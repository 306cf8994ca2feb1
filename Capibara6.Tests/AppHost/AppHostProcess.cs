using System.Diagnostics;
using System.Text;
using Capibara6.Hosting.Orchestration.LocalServers;
using Capibara6.Hosting.Orchestration.Processes;

namespace Capibara6.Tests.AppHost;

/// <summary>The AppHost as a user starts it: a process of its own, with data and secrets of its own.</summary>
internal sealed class AppHostProcess : IAsyncDisposable
{
    private const string Name = "Capibara6.AppHost";
    private const string Mark = "CAPIBARA6_TEST_RUN";

    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly string _identity;
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

    public static AppHostProcess Start(params string[] args) =>
        new(Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)), args);

    /// <summary>Starts the AppHost, and waits until it has ended by itself.</summary>
    public static async Task<(int ExitCode, string Errors, string Output)> RunAsync(CancellationToken cancellationToken, params string[] args)
    {
        await using var process = Start(args);
        await process._process.WaitForExitAsync(cancellationToken);
        return (process._process.ExitCode, process.Errors, process.Output);
    }

    /// <summary>The processes that this run has started and that live.</summary>
    public IReadOnlyList<int> Children() => [.. ProcessTable.WithEnvironment(Mark, _identity).Where(pid => pid != Pid)];

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
        var volumes = LocalServerFolders.Default.Volume(string.Empty);
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
