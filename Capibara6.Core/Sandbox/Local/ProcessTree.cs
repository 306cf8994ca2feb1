using System.Globalization;

namespace Capibara6.Core.Sandbox.Local;

/// <summary>What a process and all below it take. Those whose parent has ended are below the namespace's first process, so none is lost.</summary>
internal static class ProcessTree
{
    // Of /proc's times; the kernel's user interface fixes it.
    private const int TicksPerSecond = 100;

    // More than a sandbox may have; a walk has an end.
    private const int MaxProcesses = 4_096;

    /// <returns>Bytes in memory, and processor time, those of children that have ended included where their parent waited for them.</returns>
    public static (long Memory, TimeSpan Cpu) Weigh(int root)
    {
        var (pages, ticks) = (0L, 0L);
        var waiting = new Stack<int>([root]);
        for (var seen = 0; seen < MaxProcesses && waiting.TryPop(out var process); seen++)
        {
            try
            {
                pages += long.Parse(File.ReadAllText($"/proc/{process}/statm").Split(' ')[1], CultureInfo.InvariantCulture);
                ticks += TicksOf(File.ReadAllText($"/proc/{process}/stat"));
                foreach (var thread in Directory.EnumerateDirectories($"/proc/{process}/task"))
                {
                    foreach (var child in File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    {
                        waiting.Push(int.Parse(child, CultureInfo.InvariantCulture));
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or IndexOutOfRangeException)
            {
                // It has ended meanwhile.
            }
        }

        return (pages * Environment.SystemPageSize, TimeSpan.FromSeconds((double)ticks / TicksPerSecond));
    }

    // Behind the name, which may hold anything, in parentheses: state is the first field, utime, stime, cutime and cstime the 12th to 15th.
    private static long TicksOf(string stat) => stat[(stat.LastIndexOf(')') + 2)..].Split(' ').AsSpan(11, 4).ToArray()
        .Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
}
