using System.Collections.Concurrent;
using System.Diagnostics;
using Capibara6.Hosting.Orchestration.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Capibara6.Tests.Hosting.Processes;

/// <summary>Nothing that a host started outlives it, however it ends.</summary>
[TestClass]
[OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
public sealed class HostRunTests
{
    private const string Obedient = "sleep 300 & echo child $!; wait";
    private const string Stubborn = "trap '' TERM; (trap '' TERM; sleep 300) & echo child $!; while :; do sleep 1; done";
    private const string Runaway = "setsid sh -c 'trap \"\" TERM; echo child $$; while :; do sleep 1; done' & wait";
    private static readonly TimeSpan s_promise = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _state = new();
    private readonly TemporaryFolder _temporary = new();
    private readonly ConcurrentQueue<string> _lines = new();

    public TestContext TestContext { get; set; } = null!;

    [TestCleanup]
    public void DeleteFolders()
    {
        _state.Dispose();
        _temporary.Dispose();
    }

    [TestMethod]
    public async Task Host_Killed_LeavesNothing()
    {
        await using var host = await StartHostAsync("wait", Obedient, Stubborn, Runaway);

        ProcessTable.KillProcess(host.Pid);

        await Eventually.TrueAsync(() => Alive().Count == 0, s_promise, "all children ended", TestContext.CancellationToken);
        await Eventually.TrueAsync(() => !Directory.Exists(_temporary.Path), s_promise, "folder deleted", TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Host_Killed_ItsChildrenAreAskedFirst()
    {
        var file = Path.Combine(_state.Path, "asked");
        await using var host = await StartHostAsync("wait", $"trap 'touch {file}; exit' TERM; echo child $$; while :; do sleep 0.1; done");

        ProcessTable.KillProcess(host.Pid);

        await Eventually.TrueAsync(() => File.Exists(file), s_promise, "signal arrived", TestContext.CancellationToken);
        await Eventually.TrueAsync(() => Alive().Count == 0, s_promise, "child ended", TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Host_KilledWithABusyDatabase_LeavesNothing()
    {
        await using var host = await StartHostAsync(ChildHost.Spec("postgres", _state.Path));
        Assert.HasCount(2, Alive());

        ProcessTable.KillProcess(host.Pid);

        await Eventually.TrueAsync(() => Alive().Count == 0, s_promise, "server and backend ended", TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Host_EndsWithoutStopping_LeavesNothing()
    {
        await using var host = await StartHostAsync("end", Obedient);

        Assert.AreEqual(0, (await host.Exit.WaitAsync(TestContext.CancellationToken)).ExitCode);

        await Eventually.TrueAsync(() => Alive().Count == 0, s_promise, "all children ended", TestContext.CancellationToken);
        Assert.IsEmpty(Directory.GetFiles(_state.Path));
    }

    [TestMethod]
    public async Task NextStart_HostAndGuardianKilled_EndsWhatWasLeft()
    {
        await using var host = await StartHostAsync("wait", Obedient, Runaway);
        var guardian = int.Parse(_lines.Last()["guardian ".Length..]);
        ProcessTable.KillProcess(guardian);
        ProcessTable.KillProcess(host.Pid);
        await Eventually.TrueAsync(() => ProcessTable.StartMark(host.Pid) is null, s_promise, "host ended", TestContext.CancellationToken);
        Assert.AreNotEqual(0, Alive().Count, "the children outlive both");

        await CleanAsync();

        Assert.IsEmpty(Alive());
        Assert.IsFalse(Directory.Exists(_temporary.Path));
        Assert.IsEmpty(Directory.GetFiles(_state.Path));
    }

    [TestMethod]
    public async Task NextStart_OwnerAlive_TouchesNothing()
    {
        using var run = HostRun.Begin(_state.Path, TimeProvider.System, NullLogger<HostRun>.Instance);
        await using var process = new ProcessRunner(run, TimeProvider.System, NullLogger<ProcessRunner>.Instance)
            .Start(new ProcessSpec("sleep") { Arguments = ["300"] });

        await CleanAsync();

        Assert.IsFalse(process.Exit.IsCompleted);
    }

    [TestMethod]
    public async Task NextStart_NumberTakenByAnotherProcess_DoesNotKillIt()
    {
        using var stranger = Process.Start(new ProcessStartInfo("sleep", ["300"]))!;
        await File.WriteAllTextAsync(
            Path.Combine(_state.Path, "old.run"), $"owner 1 long-gone\ngroup {stranger.Id} 15 long-gone\n", TestContext.CancellationToken);

        await CleanAsync();

        Assert.IsFalse(stranger.HasExited);
        Assert.IsEmpty(Directory.GetFiles(_state.Path));
        stranger.Kill();
    }

    [TestMethod]
    public async Task Register_GuardianWasKilled_AnotherTakesOver()
    {
        using var run = HostRun.Begin(_state.Path, TimeProvider.System, NullLogger<HostRun>.Instance);
        var runner = new ProcessRunner(run, TimeProvider.System, NullLogger<ProcessRunner>.Instance);
        await using var first = runner.Start(new ProcessSpec("sleep") { Arguments = ["300"] });
        ProcessTable.KillProcess(run.GuardianPid!.Value);
        await Eventually.TrueAsync(() => run.GuardianPid is null, s_promise, "guardian ended", TestContext.CancellationToken);

        await using var second = runner.Start(new ProcessSpec("sleep") { Arguments = ["300"] });
        run.Dispose();

        await Task.WhenAll(first.Exit, second.Exit).WaitAsync(s_promise, TestContext.CancellationToken);
    }

    private Task<IRunningProcess> StartHostAsync(string ending, params string[] scripts) =>
        StartHostAsync(ChildHost.Spec([ending, _state.Path, _temporary.Path, .. scripts]));

    private async Task<IRunningProcess> StartHostAsync(ProcessSpec spec)
    {
        var runner = new ProcessRunner(run: null, TimeProvider.System, NullLogger<ProcessRunner>.Instance);
        var host = runner.Start(spec with { OnLine = line => _lines.Enqueue(line.Text) });
        await Eventually.TrueAsync(
            () => _lines.LastOrDefault()?.StartsWith("guardian", StringComparison.Ordinal) == true, TimeSpan.FromSeconds(30), "host ready", TestContext.CancellationToken);
        return host;
    }

    private List<int> Alive() =>
        [.. _lines.Where(line => line.StartsWith("child ", StringComparison.Ordinal))
            .Select(line => int.Parse(line["child ".Length..]))
            .Where(pid => ProcessTable.StartMark(pid) is not null)];

    private Task CleanAsync() =>
        new LeftoverCleaner(TimeProvider.System, NullLogger<LeftoverCleaner>.Instance)
            .CleanAsync(_state.Path, (_, _, _) => Task.CompletedTask, TestContext.CancellationToken);
}
