using System.Runtime.InteropServices;
using Capibara6.Core.Sandbox.Code;
using Microsoft.Extensions.Logging;

namespace Capibara6.Core.Sandbox.Local;

/// <summary>What this machine has for a sandbox.</summary>
/// <param name="Interpreters">By language, the command that runs <see cref="LocalScript.CodeFile"/>; empty when no sandbox works here.</param>
/// <param name="Filter">The command that forbids system calls and goes on with another command; empty where there is none.</param>
internal sealed record LocalMachine(IReadOnlyDictionary<string, string[]> Interpreters, string[] Filter)
{
    private static readonly LocalMachine s_none = new(new Dictionary<string, string[]>(), []);

    /// <summary>Below these the sandbox sees files; a python of somebody's home folder is of no use.</summary>
    private static readonly string[] s_folders = ["/usr/bin", "/usr/local/bin", "/bin", "/usr/sbin", "/sbin"];

    public IReadOnlyCollection<string> Languages { get; } = [.. Interpreters.Keys];

    public static async Task<LocalMachine> FindAsync(SandboxOptions options, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            return None("this is not Linux");
        }

        string[] tools = ["unshare", "mount", "umount", "pivot_root", "setpriv", "prlimit", "timeout", "sh"];
        if (tools.Where(tool => PathOf(tool) is null).ToList() is { Count: > 0 } missing)
        {
            return None($"{string.Join(", ", missing)} is missing");
        }

        if (!File.Exists($"/proc/self/task/{Environment.ProcessId}/children"))
        {
            return None("the kernel does not tell a process's children (CONFIG_PROC_CHILDREN)");
        }

        if (await TryAsync(["/bin/sh", LocalScript.CodeFile]) is { } trouble)
        {
            return None(trouble);
        }

        var interpreters = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (PathOf("bash") is { } bash)
        {
            interpreters[CodeLanguages.Bash] = [bash, "--norc", "--noprofile", LocalScript.CodeFile];
        }

        var python = PathOf("python3");
        if (python is not null)
        {
            interpreters[CodeLanguages.Python] = [python, "-B", LocalScript.CodeFile];
        }

        if (interpreters.Count == 0)
        {
            return None("neither python3 nor bash is below /usr");
        }

        string[] filter = python is null ? [] : [python, "-I", "-S", "-c", SystemCallFilter.Program];
        var filters = filter.Length > 0 && await TryAsync([.. filter, "/bin/sh", LocalScript.CodeFile]) is null;
        SandboxLog.Local(logger, string.Join(", ", interpreters.Keys.Order(StringComparer.Ordinal)), filters ? ", with a filter of system calls" : ", without a filter of system calls");
        return new LocalMachine(interpreters, filters ? filter : []);

        LocalMachine None(string reason)
        {
            SandboxLog.NoLocal(logger, reason);
            return s_none;
        }

        async Task<string?> TryAsync(string[] command)
        {
            try
            {
                using var run = LocalRun.Start(command, "echo works\n", options);
                await run.WaitAsync(TimeSpan.FromSeconds(20), time, cancellationToken);
                return run is { IsReady: true, ExitCode: 0, Output: "works\n" } ? null : $"a first try failed: {run.Error.Trim()}";
            }
            catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or IOException)
            {
                return $"a first try failed: {exception.Message}";
            }
        }
    }

    public static string? PathOf(string tool) => s_folders.Select(folder => $"{folder}/{tool}").FirstOrDefault(File.Exists);

    /// <summary>Whether this process is the machine's root, and so must become somebody else first.</summary>
    public static bool IsRoot => geteuid() == 0;

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint geteuid();
}
