using Capibara6.Hosting.Orchestration.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Capibara6.Tests.Hosting.Processes;

/// <summary>
/// A host in a process of its own: starts the processes that its arguments name and prints their numbers. Arguments:
/// <c>wait</c> to be killed or <c>end</c> without stopping them, the state folder, a temporary folder, then one shell
/// script per process, which has to print a line.
/// </summary>
internal static class ChildHost
{
    public const string Command = "child-host";

    public static async Task<int> RunAsync(string[] args)
    {
        var (ending, stateFolder, temporaryFolder, scripts) = (args[0], args[1], args[2], args[3..]);
        using var started = new CountdownEvent(scripts.Length);
        using var run = HostRun.Begin(stateFolder, TimeProvider.System, NullLogger<HostRun>.Instance);
        run.RegisterFolder(temporaryFolder);
        var runner = new ProcessRunner(run, TimeProvider.System, NullLogger<ProcessRunner>.Instance);
        foreach (var script in scripts)
        {
            var child = runner.Start(new ProcessSpec("/bin/sh")
            {
                Arguments = ["-c", script],
                OnLine = line =>
                {
                    Console.WriteLine(line.Text);
                    started.Signal();
                },
            });
            Console.WriteLine($"child {child.Pid}");
        }

        started.Wait();
        Console.WriteLine($"guardian {run.GuardianPid}");
        if (ending == "wait")
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
        }

        return 0; // the children are not stopped, on purpose
    }

    public static ProcessSpec Spec(params string[] arguments) => new("dotnet")
    {
        Arguments = ["exec", typeof(ChildHost).Assembly.Location, Command, .. arguments],
    };
}
