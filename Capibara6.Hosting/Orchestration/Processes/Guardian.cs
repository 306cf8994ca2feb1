using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.Orchestration.Processes;

/// <summary>
/// A tiny shell process that waits at the end of a pipe. When the pipe closes, because this process has ended in
/// whatever way, it ends what was registered. The pipe is closed on exec, so no other child holds it open.
/// Windows has no such shell: there the children are ended by an orderly stop, or by the next start.
/// </summary>
internal sealed class Guardian : IDisposable
{
    /// <summary>The time between the stop signals and the kill. The whole clean-up is promised within ten seconds.</summary>
    private const int GraceSeconds = 4;
    private static readonly TimeSpan s_disposeLimit = TimeSpan.FromSeconds(15);

    private readonly string _runId;
    private readonly ILogger _logger;
    private Process? _shell;

    private Guardian(string runId, ILogger logger) => (_runId, _logger) = (runId, logger);

    public int? Pid => _shell is { HasExited: false } shell ? shell.Id : null;

    /// <summary>True after <see cref="Dispose"/> when the guardian has ended everything that was still registered.</summary>
    public bool DidItsWork { get; private set; }

    public static Guardian Start(string runId, ILogger logger)
    {
        var guardian = new Guardian(runId, logger);
        guardian.StartShell();
        return guardian;
    }

    /// <summary>Passes a line on; when the guardian has been killed, a new one gets <paramref name="everything"/>.</summary>
    public void Tell(string line, IReadOnlyCollection<RunEntry> everything)
    {
        if (_shell is null || TryWrite([line]))
        {
            return;
        }

        ProcessLog.GuardianRestarted(_logger);
        StartShell();
        TryWrite(everything.Select(entry => entry.Line));
    }

    public void Dispose()
    {
        if (_shell is null)
        {
            return;
        }

        _shell.StandardInput.Close();
        DidItsWork = _shell.WaitForExit(s_disposeLimit) && _shell.ExitCode == 0;
        _shell.Dispose();
        _shell = null;
    }

    private void StartShell()
    {
        _shell?.Dispose();
        _shell = null;
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        try
        {
            string[] command = [.. ProcessRunner.OwnSession(), "/bin/sh", "-c", Script(), "guardian", HostRun.Variable, HostRun.ContainerLabel, _runId, $"{GraceSeconds}"];
            var info = new ProcessStartInfo(command[0], command[1..])
            {
                RedirectStandardInput = true,
                UseShellExecute = false,
                WorkingDirectory = "/",
            };
            info.Environment.Remove(HostRun.Variable);
            _shell = Process.Start(info)!;
        }
        catch (Exception error) when (error is ProcessStartException or System.ComponentModel.Win32Exception)
        {
            ProcessLog.GuardianMissing(_logger, error);
        }
    }

    private bool TryWrite(IEnumerable<string> lines)
    {
        if (_shell is null || _shell.HasExited)
        {
            return false;
        }

        try
        {
            foreach (var line in lines)
            {
                _shell.StandardInput.Write(line + "\n");
            }

            _shell.StandardInput.Flush();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string Script()
    {
        using var stream = typeof(Guardian).Assembly.GetManifestResourceStream("Capibara6.Hosting.Orchestration.Processes.guardian.sh")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
