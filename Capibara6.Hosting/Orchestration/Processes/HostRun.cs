using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.Orchestration.Processes;

/// <summary>
/// One run of the host: everything outside this process that must not outlive it. Each entry is told to the guardian,
/// which acts when this process ends in whatever way, and written to the run record, which the next start reads in case
/// the guardian ended too.
/// </summary>
internal sealed class HostRun : IDisposable
{
    /// <summary>Set in every child to the run's <see cref="Id"/>, so that strays are known by it.</summary>
    public const string Variable = "CAPIBARA6_HOSTING_RUN";

    /// <summary>The label that carries the run's <see cref="Id"/> on containers and networks.</summary>
    public const string ContainerLabel = "capibara6.hosting.run";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, RunEntry> _entries = new(StringComparer.Ordinal);
    private readonly RunRecord _record;
    private readonly Guardian _guardian;
    private bool _ended;

    private HostRun(RunRecord record, Guardian guardian) => (_record, _guardian) = (record, guardian);

    public string Id => _record.RunId;

    /// <summary>Null where there is none, or when it has been killed.</summary>
    public int? GuardianPid => _guardian.Pid;

    /// <summary>Starts a run.</summary>
    /// <param name="stateFolder">Where the run records of this application are kept; made when missing.</param>
    public static HostRun Begin(string stateFolder, TimeProvider time, ILogger<HostRun> logger)
    {
        var id = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        var record = RunRecord.Create(stateFolder, id);
        record.Write([]);
        return new HostRun(record, Guardian.Start(id, logger));
    }

    /// <summary>A process group led by <paramref name="pid"/>.</summary>
    public void Register(int pid, StopSignal signal)
    {
        if (ProcessTable.StartMark(pid) is { } mark)
        {
            Add(new RunEntry.Group(pid, signal, mark));
        }
    }

    public void Forget(int pid)
    {
        lock (_gate)
        {
            if (_entries.Remove(RunEntry.Group.KeyOf(pid)) && !_ended)
            {
                _guardian.Tell(string.Create(CultureInfo.InvariantCulture, $"forget {pid}"), [.. _entries.Values]);
                _record.Write(_entries.Values);
            }
        }
    }

    /// <summary>The folder has been deleted. The guardian may keep its name: deleting it again does no harm.</summary>
    public void ForgetFolder(string path)
    {
        lock (_gate)
        {
            if (_entries.Remove(new RunEntry.Folder(Path.GetFullPath(path)).Key) && !_ended)
            {
                _record.Write(_entries.Values);
            }
        }
    }

    /// <summary>A temporary folder, deleted after the processes have ended.</summary>
    public void RegisterFolder(string path) => Add(new RunEntry.Folder(Path.GetFullPath(path)));

    /// <summary>Every container and network that carries <see cref="ContainerLabel"/> with this run's id.</summary>
    /// <param name="runtime">The full path of the container runtime's program.</param>
    public void RegisterContainers(string runtime) => Add(new RunEntry.Containers(runtime));

    /// <summary>Ends the run when everything has been stopped in order: temporary folders go, the guardian and the record too.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
            _guardian.Dispose(); // it ends what is still registered
            DeleteFolders();
            if (_guardian.DidItsWork || !_entries.Values.Any(entry => entry is RunEntry.Group or RunEntry.Containers))
            {
                _record.Delete();
            }
        }
    }

    /// <summary>Where there is no guardian. A folder that a process still holds is left to the next start.</summary>
    private void DeleteFolders()
    {
        foreach (var folder in _entries.Values.OfType<RunEntry.Folder>().Where(folder => Directory.Exists(folder.Path)))
        {
            try
            {
                Directory.Delete(folder.Path, recursive: true);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return;
            }
        }
    }

    private void Add(RunEntry entry)
    {
        if (entry.Line.Contains('\n', StringComparison.Ordinal))
        {
            throw new ArgumentException("A path with a line break can't be used here.", nameof(entry));
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_ended, this);
            _entries[entry.Key] = entry;
            _guardian.Tell(entry.Line, [.. _entries.Values]);
            _record.Write(_entries.Values);
        }
    }
}
