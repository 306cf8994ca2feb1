using System.Collections.Concurrent;
using Capibara6.Hosting.Orchestration.Processes;

namespace Capibara6.Hosting.Orchestration.Containers;

/// <summary>Runs one command of a container runtime to its end.</summary>
internal sealed class ContainerCommand(string program, IProcessRunner runner)
{
    /// <summary>Lists of containers are short; a runtime that writes more is cut off.</summary>
    private const int MaxOutputLines = 1000;

    public string Program => program;

    /// <returns>The lines of standard output, when the command succeeded.</returns>
    /// <exception cref="ContainerException">It failed.</exception>
    public async Task<IReadOnlyList<string>> RunAsync(
        string purpose, IReadOnlyList<string> arguments, CancellationToken cancellationToken, Action<ProcessLine>? onLine = null)
    {
        var (exit, output) = await TryAsync(arguments, cancellationToken, onLine).ConfigureAwait(false);
        return exit.ExitCode == 0 ? output : throw Refused(purpose, exit);
    }

    public async Task<(ProcessExit Exit, IReadOnlyList<string> Output)> TryAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellationToken, Action<ProcessLine>? onLine = null)
    {
        var output = new ConcurrentQueue<string>();
        await using var process = runner.Start(Spec(arguments, line =>
        {
            if (!line.IsError && output.Count < MaxOutputLines)
            {
                output.Enqueue(line.Text);
            }

            onLine?.Invoke(line);
        }));
        var exit = await process.Exit.WaitAsync(cancellationToken).ConfigureAwait(false);
        return (exit, [.. output]);
    }

    /// <summary>A command that goes on beside the container: its log, its end.</summary>
    public IRunningProcess Start(IReadOnlyList<string> arguments, Action<ProcessLine>? onLine) => runner.Start(Spec(arguments, onLine));

    public ContainerException Refused(string purpose, ProcessExit exit) => new(
        $"{Path.GetFileName(program)} could not {purpose} (exit code {exit.ExitCode}): {string.Join(' ', exit.LastLines.Where(line => line.Length > 0).TakeLast(4))}");

    private ProcessSpec Spec(IReadOnlyList<string> arguments, Action<ProcessLine>? onLine) => new(program)
    {
        Arguments = arguments,
        LeavesDaemons = true, // podman's monitor and name server live on after the command
        OnLine = onLine,
    };
}
