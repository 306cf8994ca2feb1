using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.Orchestration.Processes;

internal sealed class RunningProcess : IRunningProcess
{
    /// <summary>How long the output may stay open after the process has ended, held by something that left its group.</summary>
    private static readonly TimeSpan s_outputGrace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly ProcessSpec _spec;
    private readonly HostRun? _run;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LineTail _tail;
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RunningProcess(Process started, ProcessSpec spec, HostRun? run, TimeProvider time, ILogger logger)
    {
        (_process, _spec, _run, _time, _logger) = (started, spec, run, time, logger);
        _tail = new LineTail(spec.RetainedLines);
        Pid = started.Id;
        run?.Register(Pid, spec.StopSignal);
        started.Exited += (_, _) => _exited.TrySetResult();
        if (started.HasExited)
        {
            _exited.TrySetResult();
        }

        var output = Task.WhenAll(
            LinePump.RunAsync(started.StandardOutput.BaseStream, text => OnLine(new ProcessLine(text, IsError: false))),
            LinePump.RunAsync(started.StandardError.BaseStream, text => OnLine(new ProcessLine(text, IsError: true))));
        Exit = CompleteAsync(output);
    }

    public int Pid { get; }

    public Task<ProcessExit> Exit { get; }

    public IReadOnlyList<string> LastLines => _tail.ToList();

    public async Task<ProcessExit> StopAsync(CancellationToken cancellationToken)
    {
        if (Exit.IsCompleted)
        {
            return await Exit.ConfigureAwait(false);
        }

        var ended = !OperatingSystem.IsWindows()
            && ProcessTable.SignalGroup(Pid, _spec.StopSignal)
            && await EndsInTimeAsync(cancellationToken).ConfigureAwait(false);
        if (!ended)
        {
            ProcessLog.Killing(_logger, _spec.FileName, Pid);
            ProcessTable.KillTree(Pid);
        }

        return await Exit.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (!Exit.IsCompleted)
        {
            ProcessTable.KillTree(Pid);
            await Exit.ConfigureAwait(false);
        }

        _process.Dispose();
    }

    private async Task<bool> EndsInTimeAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_spec.StopGrace, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await _exited.Task.WaitAsync(either.Token).ConfigureAwait(false);
            while (!_spec.LeavesDaemons && ProcessTable.GroupExists(Pid))
            {
                await Task.Delay(s_pollInterval, _time, either.Token).ConfigureAwait(false);
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false; // out of grace, or of the caller's patience: both mean kill
        }
    }

    private async Task<ProcessExit> CompleteAsync(Task output)
    {
        await _exited.Task.ConfigureAwait(false);
        if (!OperatingSystem.IsWindows() && !_spec.LeavesDaemons)
        {
            await LetGroupEndAsync().ConfigureAwait(false);
        }

        try
        {
            await output.WaitAsync(s_outputGrace, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _process.StandardOutput.Dispose();
            _process.StandardError.Dispose();
        }

        _run?.Forget(Pid);
        return new ProcessExit(_process.ExitCode, _tail.ToList());
    }

    /// <summary>The leader is gone; what it started gets the same polite signal and the same grace, and no longer.</summary>
    private async Task LetGroupEndAsync()
    {
        if (!ProcessTable.GroupExists(Pid))
        {
            return;
        }

        ProcessTable.SignalGroup(Pid, _spec.StopSignal);
        if (!await EndsInTimeAsync(CancellationToken.None).ConfigureAwait(false))
        {
            ProcessTable.KillTree(Pid);
        }
    }

    private void OnLine(ProcessLine line)
    {
        _tail.Add(line.Text);
        try
        {
            _spec.OnLine?.Invoke(line);
        }
#pragma warning disable CA1031 // a reader's fault must not stop the reading, or the child would block on a full pipe
        catch (Exception error)
#pragma warning restore CA1031
        {
            ProcessLog.LineHandlerFailed(_logger, error, _spec.FileName, Pid);
        }
    }
}
