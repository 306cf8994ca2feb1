using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.Orchestration.Processes;

/// <summary>Starts processes that belong to a run. Without a run they are only children of this process: for tests of this class.</summary>
internal sealed class ProcessRunner(HostRun? run, TimeProvider time, ILogger<ProcessRunner> logger) : IProcessRunner
{
    public IRunningProcess Start(ProcessSpec spec)
    {
        if (spec.WorkingDirectory is { } folder && !Directory.Exists(folder))
        {
            throw new ProcessStartException($"The working directory {folder} of {spec.FileName} does not exist.");
        }

        var program = Executables.Find(spec.FileName, spec.WorkingDirectory)
            ?? throw new ProcessStartException($"The program {spec.FileName} was not found. Install it, or put its folder on PATH.");

        var process = new Process { StartInfo = CreateStartInfo(spec, program), EnableRaisingEvents = true };
        try
        {
            process.Start();
        }
        catch (Win32Exception error)
        {
            process.Dispose();
            throw new ProcessStartException($"{program} could not be started: {error.Message}", error);
        }

        // A child that waits for input would otherwise wait for ever, or read what the user types at the host.
        process.StandardInput.Close();
        return new RunningProcess(process, spec, run, time, logger);
    }

    private ProcessStartInfo CreateStartInfo(ProcessSpec spec, string program)
    {
        string[] command = [.. OwnSession(), .. AsUser(spec.RunAsUser), program, .. spec.Arguments];
        var info = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = spec.WorkingDirectory ?? string.Empty,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        if (!spec.InheritEnvironment)
        {
            info.Environment.Clear();
        }

        foreach (var (name, value) in spec.Environment)
        {
            if (value is null)
            {
                info.Environment.Remove(name);
            }
            else
            {
                info.Environment[name] = value;
            }
        }

        info.Environment.Remove(HostRun.Variable);
        if (run is not null && !spec.LeavesDaemons)
        {
            info.Environment[HostRun.Variable] = run.Id;
        }

        return info;
    }

    /// <summary>
    /// A prefix that makes the child the leader of a session, and so of a process group, before it becomes the program;
    /// its process number stays. .NET can't do that itself. Linux has setsid, macOS has perl.
    /// </summary>
    internal static string[] OwnSession()
    {
        if (OperatingSystem.IsWindows())
        {
            return [];
        }

        if (Executables.Find("setsid") is { } setsid)
        {
            return [setsid];
        }

        var perl = Executables.Find("perl")
            ?? throw new ProcessStartException("Neither setsid nor perl is on PATH; one of them is needed to start processes. Install util-linux.");
        return [perl, "-MPOSIX", "-e", "POSIX::setsid(); exec { $ARGV[0] } @ARGV or die qq($ARGV[0]: $!\\n)", "--"];
    }

    private static string[] AsUser(string? user)
    {
        if (user is null)
        {
            return [];
        }

        var account = UnixAccount.Find(user)
            ?? throw new ProcessStartException($"This machine has no user named {user}.");
        var setpriv = Executables.Find("setpriv")
            ?? throw new ProcessStartException($"setpriv is not on PATH; it is needed to run as {user}. Install util-linux, or don't run as root.");
        return [setpriv, $"--reuid={account.UserId}", $"--regid={account.GroupId}", "--clear-groups", "--"];
    }
}
