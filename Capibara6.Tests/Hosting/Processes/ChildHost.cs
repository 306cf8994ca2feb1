using Capibara6.Hosting.Orchestration.Containers;
using Capibara6.Hosting.Orchestration.LocalServers;
using Capibara6.Hosting.Orchestration.Processes;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

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
        if (args is ["postgres", var state])
        {
            return await RunPostgresAsync(state);
        }

        if (args is ["container", var folder, var name])
        {
            return await RunContainerAsync(folder, name);
        }

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

    private static async Task<int> RunContainerAsync(string stateFolder, string name)
    {
        using var run = HostRun.Begin(stateFolder, TimeProvider.System, NullLogger<HostRun>.Instance);
        var runtime = await TestContainers.RuntimeAsync(run, CancellationToken.None);
        await using var container = await runtime.StartAsync(new ContainerSpec(TestContainers.RedisImage, name), CancellationToken.None);
        Console.WriteLine("ready");
        await container.Exit;
        return 0;
    }

    /// <summary>With a backend that is busy, and so does not notice the end of its server by itself.</summary>
    private static async Task<int> RunPostgresAsync(string stateFolder)
    {
        using var run = HostRun.Begin(stateFolder, TimeProvider.System, NullLogger<HostRun>.Instance);
        var runner = new ProcessRunner(run, TimeProvider.System, NullLogger<ProcessRunner>.Instance);
        var packages = new PackageCache(LocalServerFolders.Default, runner, TimeProvider.System, NullLogger<PackageCache>.Instance);
        var postgres = new LocalPostgres(
            run, runner, new PostgresPrograms(runner, packages), TimeProvider.System, NullLogger<LocalPostgres>.Instance);
        await using var server = await postgres.StartAsync(
            new PostgresSpec("victim", LocalServersFixture.FreePort(), "postgres", "secret") { Durable = false }, CancellationToken.None);
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={server.Port};Username=postgres;Password=secret;Database=postgres");
        await connection.OpenAsync();
        Console.WriteLine($"child {server.Pid}");
        Console.WriteLine($"child {connection.ProcessID}");
        Console.WriteLine($"guardian {run.GuardianPid}");
        await using var busy = new NpgsqlCommand("DO $$ BEGIN LOOP END LOOP; END $$", connection) { CommandTimeout = 0 };
        await busy.ExecuteNonQueryAsync();
        return 0;
    }

    public static ProcessSpec Spec(params string[] arguments) => new("dotnet")
    {
        Arguments = ["exec", typeof(ChildHost).Assembly.Location, Command, .. arguments],
    };
}
