using System.Globalization;

namespace Capibara6.Hosting.Orchestration.Processes;

/// <summary>Something that must not outlive a run, with the line that the guardian and the run record hold for it.</summary>
internal abstract record RunEntry(string Key, string Line)
{
    /// <summary><c>group PID SIGNAL MARK</c></summary>
    public sealed record Group(int Pid, StopSignal Signal, string Mark)
        : RunEntry(KeyOf(Pid), string.Create(CultureInfo.InvariantCulture, $"group {Pid} {(int)Signal} {Mark}"))
    {
        public static string KeyOf(int pid) => string.Create(CultureInfo.InvariantCulture, $"group {pid}");
    }

    /// <summary><c>folder PATH</c></summary>
    public sealed record Folder(string Path) : RunEntry($"folder {Path}", $"folder {Path}");

    /// <summary><c>containers PROGRAM</c></summary>
    public sealed record Containers(string Runtime) : RunEntry($"containers {Runtime}", $"containers {Runtime}");

    /// <summary>Null for a line that is torn or of another version.</summary>
    public static RunEntry? Parse(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0)
        {
            return null;
        }

        var rest = line[(space + 1)..];
        switch (line[..space])
        {
            case "group":
                var fields = rest.Split(' ');
                return fields.Length == 3
                    && int.TryParse(fields[0], CultureInfo.InvariantCulture, out var pid) && pid > 1
                    && int.TryParse(fields[1], CultureInfo.InvariantCulture, out var signal)
                    ? new Group(pid, (StopSignal)signal, fields[2])
                    : null;
            case "folder":
                return new Folder(rest);
            case "containers":
                return new Containers(rest);
            default:
                return null;
        }
    }
}
