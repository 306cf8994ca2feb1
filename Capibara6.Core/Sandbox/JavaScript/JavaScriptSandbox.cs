using System.Text;
using Capibara6.Core.Sandbox.Code;
using Jint;
using Jint.Runtime;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Sandbox.JavaScript;

/// <summary>
/// Runs JavaScript in an interpreter within this process (Jint): it knows the language and <c>console</c>, and nothing of the machine. Everywhere
/// the same, and no wall against a mistake in the interpreter itself.
/// </summary>
internal sealed class JavaScriptSandbox(IOptions<SandboxOptions> options, TimeProvider time) : ISandboxProvider
{
    private const int MaxDepth = 400;
    private const int StackBytes = 16 * 1024 * 1024;
    private const int MaxArray = 1_000_000;

    private const string TookTooLong = "The run was stopped: it took too long.";

    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);

    private static readonly string[] s_languages = [CodeLanguages.JavaScript];

    public string Name => SandboxOptions.JavaScript;

    public ValueTask<IReadOnlyCollection<string>> LanguagesAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyCollection<string>>(s_languages);

    public Task<CodeRun> RunAsync(CodeBlock code, CancellationToken cancellationToken)
    {
        // A thread of its own: it computes all the time that it lasts, and nests deeper than the pool's stacks.
        var ended = new TaskCompletionSource<CodeRun>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Run(code, ended, cancellationToken), StackBytes) { IsBackground = true, Name = "Sandbox" };
        thread.Start();
        return WaitAsync(ended.Task, cancellationToken);
    }

    /// <summary>The interpreter looks at its bounds between steps; a step that takes too long is not waited for.</summary>
    private async Task<CodeRun> WaitAsync(Task<CodeRun> running, CancellationToken cancellationToken)
    {
        try
        {
            return await running.WaitAsync(options.Value.WallTime + s_grace, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new CodeRun(RunEnd.TimedOut, "", TookTooLong, options.Value.WallTime);
        }
    }

    private void Run(CodeBlock code, TaskCompletionSource<CodeRun> ended, CancellationToken cancellationToken)
    {
        var output = new Printed(options.Value.OutputBytes);
        var started = time.GetTimestamp();
        try
        {
            var engine = Make(output, cancellationToken);
            engine.Execute(code.Text, "main.js");
            ended.SetResult(End(RunEnd.Succeeded, null));
        }
        catch (ExecutionCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            ended.SetCanceled(cancellationToken);
        }
        catch (JavaScriptException exception)
        {
            ended.SetResult(End(RunEnd.Failed, $"{exception.Error}\n{exception.JavaScriptStackTrace}".TrimEnd()));
        }
        catch (Exception exception) when (EndOf(exception) is var (end, why) && (end != RunEnd.Failed || why.Length > 0))
        {
            ended.SetResult(End(end, why));
        }
        catch (Exception exception)
        {
            ended.SetException(new SandboxException(exception.Message, exception));
        }

        CodeRun End(RunEnd end, string? error) => new(end, output.Text, error, time.GetElapsedTime(started));
    }

    private Engine Make(Printed output, CancellationToken cancellationToken)
    {
        var limits = options.Value;
        var engine = new Engine(engine => engine
            .LimitMemory((long)limits.MemoryMiB * 1024 * 1024)
            .TimeoutInterval(limits.CpuTime < limits.WallTime ? limits.CpuTime : limits.WallTime)
            .LimitRecursion(MaxDepth)
            .MaxArraySize(MaxArray)
            .RegexTimeoutInterval(TimeSpan.FromSeconds(1))
            .CancellationToken(cancellationToken));
        engine.SetValue("__print", new Action<string>(output.Print));
        engine.SetValue("__limit", limits.MemoryMiB * 1024L * 1024 / 8);
        engine.Execute(JavaScriptPrelude.Text, "prelude.js");
        return engine;
    }

    private (RunEnd End, string Why) EndOf(Exception exception) => exception switch
    {
        TimeoutException => (RunEnd.TimedOut, TookTooLong),
        MemoryLimitExceededException or OutOfMemoryException => (RunEnd.OutOfMemory, $"The run was stopped: it took more than {options.Value.MemoryMiB} MiB of memory."),
        RecursionDepthOverflowException => (RunEnd.Failed, $"RangeError: calls are nested more than {MaxDepth} deep."),
        PrintedTooMuchException => (RunEnd.TooMuchOutput, $"The run was stopped: it printed more than {options.Value.OutputBytes} bytes."),
        Acornima.ParseErrorException parse => (RunEnd.Failed, $"SyntaxError: {parse.Message}"),
        { InnerException: PrintedTooMuchException inner } => EndOf(inner),
        JintException => (RunEnd.Failed, exception.Message),
        _ => (RunEnd.Failed, ""),
    };

    private sealed class PrintedTooMuchException : Exception;

    private sealed class Printed(int bytes)
    {
        private readonly StringBuilder _text = new();
        private int _length;

        public string Text => _text.ToString();

        public void Print(string line)
        {
            _length += Encoding.UTF8.GetByteCount(line) + 1;
            if (_length > bytes)
            {
                throw new PrintedTooMuchException();
            }

            _text.Append(line.Replace('\0', '\uFFFD')).Append('\n');
        }
    }
}
