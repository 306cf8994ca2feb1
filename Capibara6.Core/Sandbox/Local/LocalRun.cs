using System.Diagnostics;
using System.Text;

namespace Capibara6.Core.Sandbox.Local;

/// <summary>Why a run was stopped.</summary>
internal enum LocalStop
{
    WallTime,
    CpuTime,
    Memory,
    Output,
}

/// <summary>One process in the sandbox, with all that it begets: killing the outermost kills every one of them.</summary>
internal sealed class LocalRun : IDisposable
{
    // How often it is looked at; between two looks a run can take more than it may, though each process at most twice as much.
    private static readonly TimeSpan s_watch = TimeSpan.FromMilliseconds(50);

    private static readonly byte[] s_mark = Encoding.ASCII.GetBytes(LocalScript.Ready + "\n");

    private readonly Process _process;
    private readonly SandboxOptions _options;
    private readonly byte[] _output;
    private readonly byte[] _error;
    private readonly Task _reading;
    private readonly CancellationTokenSource _full = new();
    private int _outputLength;
    private int _errorLength;
    private int _printed;
    private volatile bool _isReady;

    private LocalRun(Process process, string code, SandboxOptions options)
    {
        (_process, _options) = (process, options);
        (_output, _error) = (new byte[options.OutputBytes], new byte[options.OutputBytes]);
        _reading = Task.WhenAll(
            WriteAsync(process.StandardInput.BaseStream, code),
            ReadAsync(process.StandardOutput.BaseStream, isError: false),
            ReadAsync(process.StandardError.BaseStream, isError: true));
    }

    public bool IsReady => _isReady;

    public int ExitCode => _process.ExitCode;

    public string Output => Text(_output.AsSpan(0, _outputLength));

    /// <summary>The error stream without the mark.</summary>
    public string Error => Text(_error.AsSpan(0, _errorLength));

    public static LocalRun Start(IEnumerable<string> program, string code, SandboxOptions options)
    {
        var command = LocalScript.Command(program, options);
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Nothing of this process's settings and secrets goes in.
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";
        start.Environment["HOME"] = "/tmp";
        start.Environment["LANG"] = "C.UTF-8";
        return new LocalRun(Process.Start(start)!, code, options);
    }

    /// <summary>Waits for its end, or brings it about.</summary>
    /// <param name="patience">From the start, set-up included.</param>
    /// <returns>Why it was stopped; null when it ended by itself.</returns>
    public async Task<LocalStop?> WaitAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _full.Token);
        var exited = _process.WaitForExitAsync(ended.Token);
        var (started, running) = (time.GetTimestamp(), 0L);
        LocalStop? stop = null;
        try
        {
            while (stop is null && await Task.WhenAny(exited, Task.Delay(s_watch, time, ended.Token)) != exited)
            {
                ended.Token.ThrowIfCancellationRequested();
                running = running == 0 && _isReady ? time.GetTimestamp() : running;
                stop = running != 0 && time.GetElapsedTime(running) > _options.WallTime || time.GetElapsedTime(started) > patience
                    ? LocalStop.WallTime
                    : Weigh();
            }

            if (stop is null)
            {
                await exited;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            stop = LocalStop.Output;
        }
        finally
        {
            Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
            await _reading;
        }

        return _full.IsCancellationRequested ? LocalStop.Output : stop;
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
        _full.Dispose();
    }

    private LocalStop? Weigh()
    {
        var (memory, cpu) = ProcessTree.Weigh(_process.Id);
        return memory > (long)_options.MemoryMiB * 1024 * 1024 ? LocalStop.Memory : cpu > _options.CpuTime ? LocalStop.CpuTime : null;
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    private static async Task WriteAsync(Stream input, string code)
    {
        try
        {
            await using (input)
            {
                await input.WriteAsync(Encoding.UTF8.GetBytes(code));
            }
        }
        catch (IOException)
        {
            // It ended before it had read its code; its error says why.
        }
    }

    private async Task ReadAsync(Stream stream, bool isError)
    {
        var buffer = new byte[8 * 1024];
        while (await stream.ReadAsync(buffer) is var read and > 0)
        {
            var kept = Math.Min(read, _options.OutputBytes - (isError ? _errorLength : _outputLength));
            buffer.AsSpan(0, kept).CopyTo((isError ? _error : _output).AsSpan(isError ? _errorLength : _outputLength));
            if (isError)
            {
                _errorLength += kept;
                TakeMark();
            }
            else
            {
                _outputLength += kept;
            }

            if (Interlocked.Add(ref _printed, read) > _options.OutputBytes)
            {
                await _full.CancelAsync();
            }
        }
    }

    private void TakeMark()
    {
        if (!_isReady && _error.AsSpan(0, _errorLength).StartsWith(s_mark))
        {
            _error.AsSpan(s_mark.Length.._errorLength).CopyTo(_error);
            _errorLength -= s_mark.Length;
            _isReady = true;
        }
    }

    // NUL can be stored nowhere.
    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes).Replace('\0', '\uFFFD');
}
