using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration.Endpoints;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Capibara6.Hosting.Orchestration.Replicas;

/// <summary>What all replicas work with.</summary>
internal sealed record ReplicaServices(
    ReplicaStates States, ReplicaPorts Ports, RunFailures Failures, IOptions<RestartOptions> Restart, TimeProvider Time, ILogger<Replica> Logger);

/// <summary>
/// Keeps one instance of a resource running: starts it, gives it work when it is ready, starts it again when it
/// crashes, and stops it when told to.
/// </summary>
/// <param name="runsToCompletion">
/// True when others wait for it to complete: it is not started again, since its exit code is what they wait for.
/// </param>
internal sealed class Replica(
    IResource resource, ResourceInstance instance, IReadOnlyList<ResourceEndpoint> endpoints, IInstanceLauncher launcher, bool runsToCompletion,
    ReplicaServices services)
{
    // How long requests may finish before the process is asked to end; it may finish others after that.
    private static readonly TimeSpan s_drainLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Run? _run;

    public string Id => instance.Id;

    public bool IsRunning
    {
        get
        {
            lock (_gate)
            {
                return _run is { Task.IsCompleted: false };
            }
        }
    }

    /// <summary>Starts the instance unless it runs. One that rests after a crash starts at once.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_run is { Task.IsCompleted: false } current)
            {
                current.Wake();
                return;
            }

            var run = new Run();
            run.Task = Task.Run(() => RunAsync(run));
            _run = run;
        }
    }

    /// <summary>Stops the instance and waits until it has ended. Harmless when it doesn't run.</summary>
    /// <param name="leave">True when the host ends: what is meant to outlive it is left running.</param>
    /// <param name="cancellationToken">Cancels the patience: what still runs is killed.</param>
    public async Task StopAsync(bool leave, CancellationToken cancellationToken)
    {
        Run? run;
        lock (_gate)
        {
            run = _run;
        }

        if (run is null)
        {
            return;
        }

        await using var hurry = cancellationToken.UnsafeRegister(static state => ((Run)state!).Hurry(), run);
        run.Stop(leave);
        await run.Task;
    }

    private async Task RunAsync(Run run)
    {
        try
        {
            await SuperviseAsync(run);
        }
        catch (OperationCanceledException) when (run.Stopping.IsCancellationRequested)
        {
            await services.States.EndedAsync(resource, Id, KnownResourceStates.Exited, exitCode: null);
        }
        catch (InstanceLaunchException exception)
        {
            await FailAsync(exception.Message, exitCode: null, exception.State);
        }
        catch (Exception exception)
        {
            // A fault here must not pass for a resource that is still starting.
            ReplicaLog.Faulted(services.Logger, Id, exception);
            await FailAsync(exception.Message, exitCode: null);
        }
    }

    private async Task SuperviseAsync(Run run)
    {
        var options = services.Restart.Value;
        var crashes = 0;
        var wasReady = false;
        while (true)
        {
            await services.States.StartingAsync(resource, Id);
            var started = services.Time.GetTimestamp();
            var (exit, ready, stopped) = await LiveAsync(run);
            if (stopped)
            {
                await services.States.EndedAsync(resource, Id, KnownResourceStates.Exited, exit.ExitCode);
                return;
            }

            // What has endpoints is there to serve: when it ends by itself, however politely, it has failed.
            if ((exit.ExitCode == 0 && endpoints.Count == 0) || runsToCompletion)
            {
                var state = exit.ExitCode == 0 ? KnownResourceStates.Finished : KnownResourceStates.Exited;
                await services.States.EndedAsync(resource, Id, state, exit.ExitCode);
                return;
            }

            var lived = services.Time.GetElapsedTime(started);
            var wasWell = lived > options.WasWellAfter;
            wasReady |= ready || wasWell;
            crashes = wasWell ? 1 : crashes + 1;
            if (!wasReady && crashes >= options.CrashesBeforeReady)
            {
                await FailAsync(
                    $"it crashed {crashes} times before it was ready, the last time with exit code {exit.ExitCode}{Quote(exit.LastLines)}", exit.ExitCode);
                return;
            }

            var rest = options.DelayAfter(crashes);
            ReplicaLog.Crashed(services.Logger, Id, exit.ExitCode, lived, rest, Quote(exit.LastLines));
            await services.States.RestartingAsync(resource, Id, exit.ExitCode, crashes);
            await run.RestAsync(rest, services.Time);
        }
    }

    private async Task<(InstanceExit Exit, bool WasReady, bool Stopped)> LiveAsync(Run run)
    {
        var stopping = run.Stopping.Token;
        var targetPorts = services.Ports.Choose(endpoints);
        await using var launched = await launcher.LaunchAsync(new InstanceLaunch(resource, instance, targetPorts), stopping);
        var ports = services.Ports.Open(Id, endpoints, targetPorts);
        var probe = new ReplicaProbe(ports, HttpQuestions.Of(resource), services.Time);
        using var ended = new CancellationTokenSource();
        await services.States.RunningAsync(resource, Id, launched);
        var probing = probe.RunAsync(ended.Token);
        try
        {
            var stop = Task.Delay(Timeout.InfiniteTimeSpan, services.Time, stopping);
            if (await Task.WhenAny(launched.Exit, stop) == launched.Exit)
            {
                return (await launched.Exit, probe.WasReady, false);
            }

            await services.States.StoppingAsync(resource, Id);
            await ended.CancelAsync();
            if (run.Leaves && launched.OutlivesTheHost)
            {
                return (new InstanceExit(0, []), probe.WasReady, true);
            }

            await Task.WhenAll(ports.Select(port => DrainAsync(port, run.Hurried)));
            return (await launched.StopAsync(run.Hurried), probe.WasReady, true);
        }
        finally
        {
            await ended.CancelAsync();
            ReplicaPorts.Close(ports);
            await probing;
        }
    }

    private static async Task DrainAsync(ReplicaPort port, CancellationToken hurried)
    {
        try
        {
            await port.Proxy.Targets.DrainAsync(port.Target, s_drainLimit, hurried);
        }
        catch (OperationCanceledException)
        {
            // No time left: what is under way is cut off.
        }
    }

    private async Task FailAsync(string reason, int? exitCode, string? state = null)
    {
        services.Failures.Record(resource, Id, reason);
        await services.States.EndedAsync(resource, Id, state ?? KnownResourceStates.FailedToStart, exitCode);
    }

    private static string Quote(IReadOnlyList<string> lines)
    {
        const int MaxLines = 12;
        // Of a stack trace, the message says more than the frames.
        var last = lines.Where(line => !string.IsNullOrWhiteSpace(line) && !line.StartsWith("   at ", StringComparison.Ordinal)).TakeLast(MaxLines).ToList();
        return last.Count == 0 ? "; it wrote nothing" : $"; its last output:\n    {string.Join("\n    ", last)}";
    }

    /// <summary>One life under supervision, from a start to a stop.</summary>
    private sealed class Run
    {
        private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task { get; set; } = Task.CompletedTask;

        public CancellationTokenSource Stopping { get; } = new();

        /// <summary>Cancelled when there is no more time for an orderly stop.</summary>
        public CancellationTokenSource Hurrying { get; } = new();

        public CancellationToken Hurried => Hurrying.Token;

        public bool Leaves { get; private set; }

        public void Stop(bool leave)
        {
            Leaves = leave;
            Stopping.Cancel();
        }

        public void Hurry() => Hurrying.Cancel();

        public void Wake() => _wake.TrySetResult();

        public async Task RestAsync(TimeSpan rest, TimeProvider time)
        {
            _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var woken = await Task.WhenAny(_wake.Task, Task.Delay(rest, time, Stopping.Token));
            await woken;
        }
    }
}
