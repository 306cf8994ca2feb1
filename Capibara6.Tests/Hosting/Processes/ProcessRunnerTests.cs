using System.Collections.Concurrent;
using System.Diagnostics;
using Capibara6.Hosting.Orchestration.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Capibara6.Tests.Hosting.Processes;

[TestClass]
[OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
public sealed class ProcessRunnerTests
{
    private readonly ProcessRunner _runner = new(run: null, TimeProvider.System, NullLogger<ProcessRunner>.Instance);

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Start_ProgramThatWrites_HandsOnLinesAndExitCode()
    {
        var lines = new ConcurrentQueue<ProcessLine>();
        await using var process = _runner.Start(Shell("echo out; echo err >&2; printf unfinished; exit 7") with { OnLine = lines.Enqueue });

        var exit = await process.Exit.WaitAsync(TestContext.CancellationToken);

        Assert.AreEqual(7, exit.ExitCode);
        CollectionAssert.AreEquivalent(
            new[] { new ProcessLine("out", false), new ProcessLine("err", true), new ProcessLine("unfinished", false) }, lines);
    }

    [TestMethod]
    public async Task Start_ManyAndLongLines_KeepsTheLastOnesOnly()
    {
        await using var process = _runner.Start(
            Shell("i=0; while [ $i -lt 500 ]; do echo line $i; i=$((i+1)); done; head -c 100000 /dev/zero | tr '\\0' x") with { RetainedLines = 3 });

        var exit = await process.Exit.WaitAsync(TestContext.CancellationToken);

        Assert.HasCount(3, exit.LastLines);
        Assert.IsTrue(exit.LastLines.All(line => line.Length is > 0 and <= LinePump.MaxLineLength));
    }

    [TestMethod]
    public void Start_ProgramMissing_SaysSo()
    {
        var error = Assert.ThrowsExactly<ProcessStartException>(() => _runner.Start(new ProcessSpec("capibara6-no-such-program")));
        StringAssert.Contains(error.Message, "capibara6-no-such-program was not found");
    }

    [TestMethod]
    public void Start_WorkingDirectoryMissing_SaysSo()
    {
        var error = Assert.ThrowsExactly<ProcessStartException>(() => _runner.Start(Shell("true") with { WorkingDirectory = "/no/such/folder" }));
        StringAssert.Contains(error.Message, "/no/such/folder");
    }

    [TestMethod]
    public async Task Start_WholeEnvironmentGiven_InheritsNothing()
    {
        await using var process = _runner.Start(new ProcessSpec("/usr/bin/env")
        {
            InheritEnvironment = false,
            Environment = new Dictionary<string, string?> { ["ONLY"] = "this" },
        });

        var exit = await process.Exit.WaitAsync(TestContext.CancellationToken);

        CollectionAssert.Contains(exit.LastLines.ToList(), "ONLY=this");
        Assert.IsFalse(exit.LastLines.Any(line => line.StartsWith("PATH=", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task Start_AsAnotherUser_DropsRoot()
    {
        if (!Environment.IsPrivilegedProcess || UnixAccount.Find("nobody") is null || Executables.Find("setpriv") is null)
        {
            Assert.Inconclusive("needs root, setpriv and the user nobody");
        }

        await using var process = _runner.Start(new ProcessSpec("id") { Arguments = ["-un"], RunAsUser = "nobody" });
        CollectionAssert.AreEqual(new[] { "nobody" }, (await process.Exit.WaitAsync(TestContext.CancellationToken)).LastLines.ToArray());
    }

    [TestMethod]
    public async Task Stop_ProgramThatListens_EndsByItself()
    {
        var ready = new TaskCompletionSource();
        await using var process = _runner.Start(
            Shell("trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.05; done") with { OnLine = _ => ready.TrySetResult() });
        await ready.Task.WaitAsync(TestContext.CancellationToken);

        var exit = await process.StopAsync(TestContext.CancellationToken);

        Assert.AreEqual(3, exit.ExitCode);
        Assert.AreEqual("bye", exit.LastLines[^1]);
    }

    [TestMethod]
    public async Task Stop_ProgramThatDoesNotListen_IsKilledAfterTheGrace()
    {
        var ready = new TaskCompletionSource();
        await using var process = _runner.Start(Shell("trap '' TERM; echo ready; while :; do sleep 0.05; done") with
        {
            OnLine = _ => ready.TrySetResult(),
            StopGrace = TimeSpan.FromMilliseconds(200),
        });
        await ready.Task.WaitAsync(TestContext.CancellationToken);

        var exit = await process.StopAsync(TestContext.CancellationToken);

        Assert.AreEqual(128 + 9, exit.ExitCode);
    }

    [TestMethod]
    public async Task Stop_RightAfterTheStart_IsNotLost()
    {
        for (var i = 0; i < 40; i++)
        {
            await using var stopped = _runner.Start(new ProcessSpec("sleep") { Arguments = ["300"] });
            await stopped.StopAsync(TestContext.CancellationToken);
            await using var disposed = _runner.Start(new ProcessSpec("sleep") { Arguments = ["300"] });
        }
    }

    [TestMethod]
    public async Task Signal_ChildThatHasNoGroupYet_Arrives()
    {
        using var stopped = Process.Start("sleep", ["300"]);
        Assert.IsTrue(ProcessTable.SignalGroup(stopped.Id, StopSignal.Terminate));
        await stopped.WaitForExitAsync(TestContext.CancellationToken);

        using var killed = Process.Start("sleep", ["300"]);
        ProcessTable.KillTree(killed.Id);
        await killed.WaitForExitAsync(TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Stop_ProgramWithChildren_EndsThemToo()
    {
        var numbers = new ConcurrentQueue<string>();
        await using var process = _runner.Start(
            Shell("sleep 300 & echo $!; (sleep 300 & echo $!; wait) & wait") with { OnLine = line => numbers.Enqueue(line.Text) });
        await Eventually.TrueAsync(() => numbers.Count == 2, TimeSpan.FromSeconds(10), "children started", TestContext.CancellationToken);

        await process.StopAsync(TestContext.CancellationToken);

        Assert.IsFalse(numbers.Any(number => ProcessTable.StartMark(int.Parse(number)) is not null));
    }

    [TestMethod]
    public async Task Exit_LeaderCrashes_ItsChildrenGoToo()
    {
        await using var process = _runner.Start(Shell("sleep 300 & echo $!; exit 1"));

        var exit = await process.Exit.WaitAsync(TestContext.CancellationToken);

        Assert.AreEqual(1, exit.ExitCode);
        Assert.IsNull(ProcessTable.StartMark(int.Parse(exit.LastLines[0])));
    }

    private static ProcessSpec Shell(string script) => new("/bin/sh") { Arguments = ["-c", script] };
}
