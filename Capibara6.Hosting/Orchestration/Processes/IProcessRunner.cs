namespace Capibara6.Hosting.Orchestration.Processes;

internal interface IProcessRunner
{
    /// <summary>Starts a process in a process group of its own and registers it with the run, so that it can't outlive it.</summary>
    /// <exception cref="ProcessStartException">The program, the working directory or the user isn't there.</exception>
    IRunningProcess Start(ProcessSpec spec);
}

internal interface IRunningProcess : IAsyncDisposable
{
    int Pid { get; }

    /// <summary>Completes, and never fails, when the process has ended and its output has been read.</summary>
    Task<ProcessExit> Exit { get; }

    /// <summary>The last lines so far, oldest first.</summary>
    IReadOnlyList<string> LastLines { get; }

    /// <summary>
    /// Sends the stop signal to the whole group, and kills what is left of it after the grace period or when
    /// <paramref name="cancellationToken"/> fires. Harmless when the process has ended.
    /// </summary>
    Task<ProcessExit> StopAsync(CancellationToken cancellationToken);
}

/// <summary>A process could not be started; the message says why and what to do.</summary>
internal sealed class ProcessStartException(string message, Exception? inner = null) : Exception(message, inner);
