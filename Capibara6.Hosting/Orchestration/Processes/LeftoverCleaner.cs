using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.Orchestration.Processes;

/// <summary>
/// Ends what runs left whose host and guardian were both killed. A process is only touched when its number and its
/// start mark are those of the record, or when it carries the run's id in its environment.
/// </summary>
internal sealed class LeftoverCleaner(TimeProvider time, ILogger<LeftoverCleaner> logger)
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Reads the run records of an application. Runs whose host is alive are left alone. For a dead run
    /// with containers, <paramref name="removeContainers"/> is called with the runtime and the run's id before the record is deleted.
    /// </summary>
    public async Task CleanAsync(
        string stateFolder, Func<string, string, CancellationToken, Task> removeContainers, CancellationToken cancellationToken)
    {
        foreach (var file in RunRecord.FilesIn(stateFolder))
        {
            if (Read(file) is not { OwnerIsAlive: false } record)
            {
                continue;
            }

            var ended = await EndProcessesAsync(record, cancellationToken).ConfigureAwait(false);
            if (ended > 0)
            {
                ProcessLog.LeftoversEnded(logger, ended);
            }

            foreach (var containers in record.Entries.OfType<RunEntry.Containers>())
            {
                await removeContainers(containers.Runtime, record.RunId, cancellationToken).ConfigureAwait(false);
            }

            foreach (var folder in record.Entries.OfType<RunEntry.Folder>().Where(folder => Directory.Exists(folder.Path)))
            {
                Directory.Delete(folder.Path, recursive: true);
            }

            record.Delete();
        }
    }

    private RunRecord? Read(string file)
    {
        try
        {
            return RunRecord.Read(file);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            ProcessLog.RecordUnreadable(logger, error, file);
            return null;
        }
    }

    private async Task<int> EndProcessesAsync(RunRecord record, CancellationToken cancellationToken)
    {
        RunEntry.Group[] groups = [.. record.Entries.OfType<RunEntry.Group>().Where(IsAlive)];
        foreach (var group in groups.Where(_ => !OperatingSystem.IsWindows()))
        {
            ProcessTable.SignalGroup(group.Pid, group.Signal);
        }

        var started = time.GetTimestamp();
        while (Array.Exists(groups, IsAlive) && time.GetElapsedTime(started) < s_grace && !OperatingSystem.IsWindows())
        {
            await Task.Delay(s_pollInterval, time, cancellationToken).ConfigureAwait(false);
        }

        foreach (var group in groups.Where(IsAlive))
        {
            ProcessTable.KillTree(group.Pid);
        }

        var strays = ProcessTable.WithEnvironment(HostRun.Variable, record.RunId);
        foreach (var pid in strays)
        {
            ProcessTable.KillProcess(pid);
        }

        return groups.Length + strays.Count;
    }

    private static bool IsAlive(RunEntry.Group group) => ProcessTable.StartMark(group.Pid) == group.Mark;
}
