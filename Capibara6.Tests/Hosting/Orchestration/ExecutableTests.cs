using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration.Replicas;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Tests.Hosting.Orchestration;

[TestClass]
public sealed class ExecutableTests
{
    private static readonly string s_folder = Path.GetTempPath();

    public required TestContext TestContext { get; set; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Executable_ThatRuns_HasItsVariablesItsArgumentsAndItsLog()
    {
        await using var app = await RunningApp.StartAsync(
            builder => builder.AddExecutable("teller", "sh", s_folder, "-c", "echo \"$GREETING, $0\"; exec sleep 600", "world")
                .WithEnvironment("GREETING", "hello"),
            Token);

        var snapshot = await app.WaitUntilRunningAsync("teller", Token);

        Assert.IsTrue(RunningApp.IsAlive(RunningApp.PidOf(snapshot)));
        Assert.AreEqual("hello", snapshot.EnvironmentVariables.Single(variable => variable.Name == "GREETING").Value);
        await AssertLogsAsync(app, "teller", "hello, world");
    }

    [TestMethod]
    public async Task Crash_AfterAStart_RestartsAndSaysWhatItLastSaid()
    {
        using var folder = new TemporaryFolder();
        await using var app = await RunningApp.StartAsync(
            builder => builder.AddExecutable("once", "sh", folder.Path, "-c", "[ -e crashed ] && exec sleep 600; touch crashed; echo out of luck; exit 3"),
            Token);

        // The rest is short: what lasts is the second run, and the crash that its snapshot remembers.
        var running = await app.States.WaitForResourceAsync(
            "once",
            change => change.Snapshot.State?.Text == KnownResourceStates.Running
                && change.Snapshot.Properties.Any(property => property is { Name: ReplicaStates.CrashesProperty, Value: 1 }),
            Token);

        Assert.IsNull(running.Snapshot.ExitCode);
        await AssertLogsAsync(app, "once", "out of luck");
    }

    [TestMethod]
    public async Task Crashes_BeforeItWasEverReady_EndInFailedToStart()
    {
        await using var app = await RunningApp.StartAsync(
            builder => builder.AddExecutable("hopeless", "sh", s_folder, "-c", "exit 7"), Token);

        var failed = await app.WaitAsync("hopeless", KnownResourceStates.FailedToStart, Token);

        Assert.AreEqual(7, failed.ExitCode);
    }

    [TestMethod]
    public async Task Program_ThatIsMissing_FailsAtOnce()
    {
        await using var app = await RunningApp.StartAsync(
            builder => builder.AddExecutable("missing", "no-such-program", s_folder), Token);

        await app.WaitAsync("missing", KnownResourceStates.FailedToStart, Token);
    }

    [TestMethod]
    public async Task Program_ThatEndsWell_IsFinishedAndStaysSo()
    {
        await using var app = await RunningApp.StartAsync(
            builder => builder.AddExecutable("job", "sh", s_folder, "-c", "exit 0"), Token);

        var finished = await app.WaitAsync("job", KnownResourceStates.Finished, Token);

        Assert.AreEqual(0, finished.ExitCode);
    }

    [TestMethod]
    public async Task Wait_ForCompletion_GoesOnAfterTheExpectedExitCode()
    {
        await using var app = await RunningApp.StartAsync(
            builder =>
            {
                var job = builder.AddExecutable("job", "sh", s_folder, "-c", "exit 4");
                builder.AddExecutable("after", "sleep", s_folder, "600").WaitForCompletion(job, exitCode: 4);
            },
            Token);

        await app.WaitUntilRunningAsync("after", Token);

        Assert.AreEqual(4, (await app.WaitAsync("job", KnownResourceStates.Exited, Token)).ExitCode);
    }

    [TestMethod]
    public async Task Wait_OnAResourceThatFailed_FailsTheOneThatWaits()
    {
        await using var app = await RunningApp.StartAsync(
            builder =>
            {
                var missing = builder.AddExecutable("missing", "no-such-program", s_folder);
                builder.AddExecutable("dependent", "sleep", s_folder, "600").WaitFor(missing);
            },
            Token);

        await app.WaitAsync("dependent", KnownResourceStates.FailedToStart, Token);
    }

    [TestMethod]
    public async Task Stop_OfTheApplication_LeavesNoProcess()
    {
        var app = await RunningApp.StartAsync(
            builder => builder.AddExecutable("family", "sh", s_folder, "-c", "sleep 600 & echo child $!; wait"), Token);
        var snapshot = await app.WaitUntilRunningAsync("family", Token);
        var line = await FindLineAsync(app, "family", "child ");
        var child = int.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
        Assert.IsTrue(RunningApp.IsAlive(child));

        await app.DisposeAsync();

        Assert.IsFalse(RunningApp.IsAlive(RunningApp.PidOf(snapshot)));
        Assert.IsFalse(RunningApp.IsAlive(child));
    }

    [TestMethod]
    public async Task Commands_StopStartAndRestart_DoWhatTheySay()
    {
        await using var app = await RunningApp.StartAsync(builder => builder.AddExecutable("sleeper", "sleep", s_folder, "600"), Token);
        var first = RunningApp.PidOf(await app.WaitUntilRunningAsync("sleeper", Token));

        var stopped = await app.Application.ResourceCommands.ExecuteCommandAsync("sleeper", KnownResourceCommands.StopCommand, Token);
        Assert.IsTrue(stopped.Success, stopped.Message);
        await app.WaitAsync("sleeper", KnownResourceStates.Exited, Token);
        Assert.IsFalse(RunningApp.IsAlive(first));

        await app.Application.ResourceCommands.ExecuteCommandAsync("sleeper", KnownResourceCommands.StartCommand, Token);
        var second = RunningApp.PidOf(await app.WaitUntilRunningAsync("sleeper", Token));

        await app.Application.ResourceCommands.ExecuteCommandAsync("sleeper", KnownResourceCommands.RestartCommand, Token);
        var third = await app.States.WaitForResourceAsync(
            "sleeper", change => change.Snapshot.State?.Text == KnownResourceStates.Running && RunningApp.PidOf(change.Snapshot) != second, Token);

        Assert.IsFalse(RunningApp.IsAlive(second));
        Assert.IsTrue(RunningApp.IsAlive(RunningApp.PidOf(third.Snapshot)));
    }

    [TestMethod]
    public async Task Resource_WithExplicitStart_StartsOnCommandOnly()
    {
        await using var app = await RunningApp.StartAsync(
            builder =>
            {
                builder.AddExecutable("manual", "sleep", s_folder, "600").WithExplicitStart();
                builder.AddExecutable("other", "sleep", s_folder, "600");
            },
            Token);
        await app.WaitUntilRunningAsync("other", Token);
        await app.WaitAsync("manual", KnownResourceStates.NotStarted, Token);

        await app.Application.ResourceCommands.ExecuteCommandAsync("manual", KnownResourceCommands.StartCommand, Token);

        await app.WaitUntilRunningAsync("manual", Token);
    }

    [TestMethod]
    public async Task Events_OfOneResource_ComeInTheirOrder()
    {
        var seen = new List<string>();
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await RunningApp.StartAsync(
            builder => builder.AddExecutable("sleeper", "sleep", s_folder, "600").WithEndpoint(name: "tcp")
                .OnInitializeResource((_, _, _) => NoteAsync("initialize"))
                .OnResourceEndpointsAllocated((_, _, _) => NoteAsync("endpoints"))
                .OnBeforeResourceStarted((_, _, _) => NoteAsync("before start"))
                .OnResourceReady((_, _, _) => NoteAsync("ready"))
                .OnResourceStopped((_, _, _) =>
                {
                    stopped.SetResult();
                    return NoteAsync("stopped");
                }),
            Token);
        await app.States.WaitForResourceHealthyAsync("sleeper", Token);

        await app.Application.ResourceCommands.ExecuteCommandAsync("sleeper", KnownResourceCommands.StopCommand, Token);
        await stopped.Task.WaitAsync(Token);

        CollectionAssert.AreEqual(new[] { "initialize", "endpoints", "before start", "ready", "stopped" }, seen);

        Task NoteAsync(string what)
        {
            lock (seen)
            {
                seen.Add(what);
            }

            return Task.CompletedTask;
        }
    }

    private async Task AssertLogsAsync(RunningApp app, string resource, string text) => Assert.IsNotNull(await FindLineAsync(app, resource, text));

    private async Task<string> FindLineAsync(RunningApp app, string resource, string text)
    {
        var logs = app.Application.Services.GetRequiredService<ResourceLoggerService>();
        await foreach (var lines in logs.WatchAsync(resource).WithCancellation(Token))
        {
            if (lines.FirstOrDefault(line => line.Content.Contains(text, StringComparison.Ordinal)) is { Content: not null } line)
            {
                return line.Content;
            }
        }

        throw new AssertFailedException($"No line of {resource} says '{text}'.");
    }
}
