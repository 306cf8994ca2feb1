using System.Diagnostics;
using System.Globalization;
using Capibara6.Core.Sandbox.Code;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Sandbox.Local;

/// <summary>
/// Runs code on this Linux machine in namespaces of its own (user, mount, process ids, network, IPC, host name): without network, without rights, on
/// a read-only system of which it sees the programs alone, within bounds on time, memory, processes, output and files. When it
/// has ended, nothing of it is left.
/// </summary>
internal sealed class LocalSandbox(IOptions<SandboxOptions> options, TimeProvider time, ILogger<LocalSandbox> logger) : ISandboxProvider, IDisposable
{
    // What the set-up itself may take, beside the code.
    private static readonly TimeSpan s_setUp = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _finding = new(1);
    private LocalMachine? _machine;

    public string Name => SandboxOptions.Local;

    public async ValueTask<IReadOnlyCollection<string>> LanguagesAsync(CancellationToken cancellationToken) =>
        (await MachineAsync(cancellationToken)).Languages;

    public async Task<CodeRun> RunAsync(CodeBlock code, CancellationToken cancellationToken)
    {
        var machine = await MachineAsync(cancellationToken);
        var started = time.GetTimestamp();
        using var run = LocalRun.Start([.. machine.Filter, .. machine.Interpreters[code.Language]], code.Text, options.Value);
        var stop = await run.WaitAsync(options.Value.WallTime + s_setUp, time, cancellationToken);
        if (!run.IsReady && stop is not null)
        {
            throw new SandboxException($"it was not set up within {s_setUp.TotalSeconds} s");
        }

        if (!run.IsReady)
        {
            throw new SandboxException(run.Error.Trim());
        }

        return Read(run, stop, time.GetElapsedTime(started));
    }

    public void Dispose() => _finding.Dispose();

    /// <summary>Looks once what this machine has, and tries it.</summary>
    private async ValueTask<LocalMachine> MachineAsync(CancellationToken cancellationToken)
    {
        if (_machine is { } known)
        {
            return known;
        }

        await _finding.WaitAsync(cancellationToken);
        try
        {
            return _machine ??= await LocalMachine.FindAsync(options.Value, time, logger, cancellationToken);
        }
        finally
        {
            _finding.Release();
        }
    }

    private CodeRun Read(LocalRun run, LocalStop? stop, TimeSpan duration)
    {
        var limits = options.Value;
        const int SignalCpu = 128 + 24;
        const int SignalKill = 128 + 9;
        stop ??= run.ExitCode is SignalCpu ? LocalStop.CpuTime : null;
        return stop switch
        {
            LocalStop.WallTime => Stopped(RunEnd.TimedOut, $"it had not ended after {Seconds(limits.WallTime)} s"),
            LocalStop.CpuTime => Stopped(RunEnd.TimedOut, $"it took more than {Seconds(limits.CpuTime)} s of processor time"),
            LocalStop.Memory => Stopped(RunEnd.OutOfMemory, $"it took more than {limits.MemoryMiB} MiB of memory"),
            LocalStop.Output => Stopped(RunEnd.TooMuchOutput, $"it printed more than {limits.OutputBytes} bytes"),
            null when run.ExitCode == 0 => new(RunEnd.Succeeded, run.Output + run.Error, null, duration),
            null when run.ExitCode == SignalKill => Stopped(RunEnd.Failed, "it was killed"),
            null => new(RunEnd.Failed, run.Output, run.Error.Length > 0 ? run.Error : $"It ended with exit code {run.ExitCode}.", duration),
            _ => throw new UnreachableException(),
        };

        CodeRun Stopped(RunEnd end, string why) => new(end, run.Output, $"{run.Error}The run was stopped: {why}.", duration);
        static string Seconds(TimeSpan span) => span.TotalSeconds.ToString(CultureInfo.InvariantCulture);
    }
}
