namespace Capibara6.Hosting.Orchestration.Processes;

/// <summary>What to run, and how to end it. Nothing here knows of resources.</summary>
/// <param name="FileName">A path, or a name looked up on PATH.</param>
internal sealed record ProcessSpec(string FileName)
{
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Null: the working directory of this process.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Variables to set; a null value removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>False: <see cref="Environment"/> is the whole environment instead of an addition to this process's own.</summary>
    public bool InheritEnvironment { get; init; } = true;

    /// <summary>A user of this machine to run as. Only root may ask for it, only on Linux.</summary>
    public string? RunAsUser { get; init; }

    public StopSignal StopSignal { get; init; } = StopSignal.Terminate;

    /// <summary>How long the process group has between the stop signal and being killed.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// True for a command that hands its work to a daemon, as container runtimes do: what it leaves running is not
    /// marked as the run's own, and not ended with it.
    /// </summary>
    public bool LeavesDaemons { get; init; }

    /// <summary>Called for each line of output, in order, from a reader of the stream. Must not block for long.</summary>
    public Action<ProcessLine>? OnLine { get; init; }

    /// <summary>How many of the last lines are kept for error messages.</summary>
    public int RetainedLines { get; init; } = 40;
}

internal readonly record struct ProcessLine(string Text, bool IsError);

/// <summary>The signals that programs take as a polite request to end; the numbers are those of POSIX.</summary>
internal enum StopSignal
{
    Interrupt = 2,
    Quit = 3,
    Terminate = 15,
}

/// <summary>How a process ended.</summary>
/// <param name="ExitCode">The program's code, or 128 + the signal's number.</param>
/// <param name="LastLines">The last lines it wrote, oldest first.</param>
internal sealed record ProcessExit(int ExitCode, IReadOnlyList<string> LastLines);
