using System.Globalization;
using Capibara6.Hosting.Orchestration.Processes;

namespace Capibara6.Hosting.Orchestration.Containers;

internal sealed class RunningContainer : IRunningContainer
{
    private static readonly TimeSpan s_lastLines = TimeSpan.FromSeconds(2);
    private readonly ContainerCommand _command;
    private readonly ContainerSpec _spec;
    private readonly TimeProvider _time;
    private readonly IRunningProcess _log;
    private readonly IRunningProcess _wait;
    private bool _removed;

    public RunningContainer(ContainerCommand command, ContainerSpec spec, string id, IReadOnlyList<ContainerPort> ports, TimeProvider time)
    {
        (_command, _spec, _time, Id, Ports) = (command, spec, time, id, ports);
        string[] tail = spec.IsPersistent ? ["--tail", "100"] : [];
        _log = command.Start(["logs", "--follow", .. tail, id], spec.OnLine);
        _wait = command.Start(["wait", id], onLine: null);
        Exit = WaitAsync();
    }

    public string Id { get; }

    public string Name => _spec.Name;

    public IReadOnlyList<ContainerPort> Ports { get; }

    public Task<ProcessExit> Exit { get; }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var seconds = Math.Ceiling(_spec.StopGrace.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        await _command.RunAsync($"stop {Name}", ["stop", "-t", seconds, Id], cancellationToken).ConfigureAwait(false);
        await Exit.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!_spec.IsPersistent)
        {
            await RemoveAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A persistent container is left running.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_spec.IsPersistent && !_removed)
        {
            await _command.TryAsync(["kill", Id], CancellationToken.None).ConfigureAwait(false); // podman's rm would wait for a polite end
            await RemoveAsync(CancellationToken.None).ConfigureAwait(false);
        }

        await _wait.DisposeAsync().ConfigureAwait(false);
        await _log.DisposeAsync().ConfigureAwait(false);
    }

    private async Task RemoveAsync(CancellationToken cancellationToken)
    {
        var (exit, _) = await _command.TryAsync(["rm", "--force", "--volumes", Id], cancellationToken).ConfigureAwait(false);
        var gone = exit.LastLines.Any(line => line.Contains("no such container", StringComparison.OrdinalIgnoreCase));
        if (exit.ExitCode != 0 && !gone)
        {
            throw _command.Refused($"remove {Name}", exit);
        }

        _removed = true;
    }

    /// <summary>The exit code is what <c>wait</c> prints; when it prints none, the container was removed by someone else.</summary>
    private async Task<ProcessExit> WaitAsync()
    {
        var ended = await _wait.Exit.ConfigureAwait(false);
        try
        {
            await _log.Exit.WaitAsync(s_lastLines, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // the log goes on for a persistent container that someone else has started again
        }

        var code = -1;
        var known = ended.LastLines.Count > 0 && int.TryParse(ended.LastLines[^1], CultureInfo.InvariantCulture, out code);
        return new ProcessExit(known ? code : -1, _log.LastLines);
    }
}
