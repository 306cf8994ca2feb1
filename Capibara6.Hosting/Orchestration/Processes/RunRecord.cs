using System.Globalization;

namespace Capibara6.Hosting.Orchestration.Processes;

/// <summary>
/// The file that says what a run has started: <c>owner PID MARK</c>, then one line per entry. It is
/// replaced as a whole at each change, so that a reader never sees half of one.
/// </summary>
internal sealed class RunRecord
{
    private const string Ending = ".run";
    private readonly string _file;

    private RunRecord(string file, int owner, string? ownerMark, IReadOnlyList<RunEntry> entries)
    {
        (_file, Owner, OwnerMark, Entries) = (file, owner, ownerMark, entries);
        RunId = Path.GetFileNameWithoutExtension(file);
    }

    public string RunId { get; }

    public int Owner { get; }

    public string? OwnerMark { get; }

    public IReadOnlyList<RunEntry> Entries { get; }

    public bool OwnerIsAlive => OwnerMark is not null && ProcessTable.StartMark(Owner) == OwnerMark;

    public static RunRecord Create(string folder, string runId)
    {
        Directory.CreateDirectory(folder);
        var pid = Environment.ProcessId;
        return new RunRecord(Path.Combine(folder, runId + Ending), pid, ProcessTable.StartMark(pid), []);
    }

    public static IEnumerable<string> FilesIn(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*" + Ending) : [];

    public static RunRecord Read(string file)
    {
        var lines = File.ReadAllLines(file);
        var owner = lines.Length > 0 ? lines[0].Split(' ') : [];
        return owner is ["owner", var pid, var mark] && int.TryParse(pid, CultureInfo.InvariantCulture, out var number)
            ? new RunRecord(file, number, mark, [.. lines.Skip(1).Select(RunEntry.Parse).OfType<RunEntry>()])
            : throw new InvalidDataException($"{file} does not begin with an owner.");
    }

    public void Write(IEnumerable<RunEntry> entries)
    {
        string[] lines =
        [
            string.Create(CultureInfo.InvariantCulture, $"owner {Owner} {OwnerMark}"),
            .. entries.Select(entry => entry.Line),
        ];
        var next = _file + ".next";
        File.WriteAllLines(next, lines);
        File.Move(next, _file, overwrite: true);
    }

    public void Delete() => File.Delete(_file);
}
