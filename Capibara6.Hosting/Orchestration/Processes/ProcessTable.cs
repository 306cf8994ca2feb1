using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Capibara6.Hosting.Orchestration.Processes;

/// <summary>What the operating system knows about processes; signals to process groups.</summary>
internal static class ProcessTable
{
    private const int Kill = 9;

    /// <summary>
    /// A mark that tells a process from a later one with the same number: boot and start tick on Linux, the start time
    /// elsewhere. Null when there is no such process, or only its exit code waits to be fetched.
    /// </summary>
    public static string? StartMark(int pid)
    {
        if (OperatingSystem.IsLinux())
        {
            var fields = ReadStat(pid);
            return fields is null or ["Z" or "X", ..] ? null : $"{s_boot.Value}/{fields[19]}";
        }

        try
        {
            using var process = Process.GetProcessById(pid);
            return process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>
    /// Sends a signal to every member of a group, or to its leader alone, as long as that is a child of this process which hasn't made its
    /// group yet. False when there is nobody left.
    /// </summary>
    public static bool SignalGroup(int leader, StopSignal signal) => SignalGroup(leader, (int)signal);

    public static bool GroupExists(int group) => NativeKill(-group, 0) == 0 && !OnlyZombies(group);

    /// <summary>
    /// Kills a group and every descendant of its leader: PostgreSQL's backends, for one, make themselves leaders of
    /// groups of their own.
    /// </summary>
    public static void KillTree(int leader)
    {
        if (OperatingSystem.IsWindows())
        {
            KillWindowsTree(leader);
            return;
        }

        var descendants = Descendants(leader);
        _ = SignalGroup(leader, Kill);
        foreach (var pid in descendants)
        {
            _ = NativeKill(pid, Kill);
        }
    }

    /// <summary>Processes, other than this one, that were given an environment variable with this value. Linux only; else none.</summary>
    public static IReadOnlyList<int> WithEnvironment(string name, string value)
    {
        if (!OperatingSystem.IsLinux())
        {
            return [];
        }

        var wanted = Encoding.UTF8.GetBytes($"{name}={value}\0");
        return [.. AllPids().Where(pid => pid != Environment.ProcessId && EnvironmentOf(pid).AsSpan().IndexOf(wanted) >= 0)];
    }

    public static void KillProcess(int pid) => _ = NativeKill(pid, Kill);

    /// <summary>
    /// Between its start and its call of setsid a child has the group of this process; a signal to a group that isn't there yet would be lost,
    /// and whoever sent it would wait for ever. The second look at the group is for a child that made it in between.
    /// </summary>
    private static bool SignalGroup(int leader, int signal) =>
        NativeKill(-leader, signal) == 0 || (IsOwnChild(leader) && NativeKill(leader, signal) == 0) || NativeKill(-leader, signal) == 0;

    /// <summary>So that a stranger who got the number of a process that has ended is left alone.</summary>
    private static bool IsOwnChild(int pid) =>
        OperatingSystem.IsLinux()
            ? ReadStat(pid) is [not ("Z" or "X"), var parent, ..] && int.Parse(parent, CultureInfo.InvariantCulture) == Environment.ProcessId
            : StartMark(pid) is not null;

    private static HashSet<int> Descendants(int root)
    {
        HashSet<int> found = [];
        var table = OperatingSystem.IsLinux() ? ReadProc() : [];
        var grew = true;
        while (grew)
        {
            grew = false;
            foreach (var (pid, parent, group) in table)
            {
                if (pid != root && (parent == root || group == root || found.Contains(parent)))
                {
                    grew |= found.Add(pid);
                }
            }
        }

        return found;
    }

    private static bool OnlyZombies(int group) =>
        OperatingSystem.IsLinux()
        && AllPids().Select(ReadStat).All(fields => fields is null
            || int.Parse(fields[2], CultureInfo.InvariantCulture) != group
            || fields[0] is "Z" or "X");

    private static List<(int Pid, int Parent, int Group)> ReadProc()
    {
        List<(int, int, int)> rows = [];
        foreach (var pid in AllPids())
        {
            if (ReadStat(pid) is { } fields)
            {
                rows.Add((pid, int.Parse(fields[1], CultureInfo.InvariantCulture), int.Parse(fields[2], CultureInfo.InvariantCulture)));
            }
        }

        return rows;
    }

    private static IEnumerable<int> AllPids() =>
        Directory.EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    /// <summary>The fields of /proc/PID/stat from the third on: state, parent, group, …; the second, a name in brackets, may hold anything.</summary>
    private static string[]? ReadStat(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
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

    private static void KillWindowsTree(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // it has ended
        }
    }

    private static readonly Lazy<string> s_boot = new(() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NativeKill(int pid, int signal);
}
