using Capibara6.Core;
using Capibara6.Core.Jobs;
using Capibara6.Core.Queries;
using Capibara6.ModelEmulator;

namespace Capibara6.Tests.Core.Queries;

/// <summary>Code of answers on its way: found, run, and corrected when it fails.</summary>
[TestClass]
public sealed class RunCodeTests
{
    private static readonly QueryRequest s_average =
        new("Write a JavaScript function for the average of some numbers", CoreReplica.Alice) { Execute = CodeExecution.Auto };

    private TestDatabase _database = null!;
    private ModelEmulatorHost _emulator = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestInitialize]
    public async Task StartAsync()
    {
        _database = await MigratedDatabase.CreateAsync(Token);
        _emulator = await EmulatedPair.StartAsync(Token);
    }

    [TestCleanup]
    public async Task StopAsync()
    {
        await _emulator.DisposeAsync();
        await _database.DisposeAsync();
    }

    [TestMethod]
    public async Task Execute_WrongAtFirst_IsCorrectedOnceAndBothCallsAreCharged()
    {
        await using var replica = await StartReplicaAsync();

        var result = CoreReplica.Value(await replica.Pipeline.ExecuteAsync(s_average, Token));

        var run = result.E2b!;
        Assert.AreEqual((true, "5 0\n", null, "javascript", 2), (run.ExecutionSuccess, run.Output, run.Error, run.Language, run.Attempts));
        Assert.IsGreaterThan(0, run.ExecutionTimeMs);
        Assert.Contains("corrected", result.Result);
        Assert.AreEqual(2, _emulator.Statistics.Requests);
        var alone = CoreReplica.Value(await replica.Pipeline.ExecuteAsync(s_average with { Execute = CodeExecution.Never }, Token));
        Assert.IsNull(alone.E2b);
        Assert.IsGreaterThan(2 * alone.Usage.PromptTokens, result.Usage.PromptTokens);
        Assert.IsGreaterThan(alone.Usage.CompletionTokens * 3 / 2, result.Usage.CompletionTokens);
        Assert.IsGreaterThan(alone.Usage.CostUsd * 3 / 2, result.Usage.CostUsd);

        var again = CoreReplica.Value(await replica.Pipeline.ExecuteAsync(s_average, Token));
        Assert.IsTrue(again.Cached);
        Assert.AreEqual(run, again.E2b);
    }

    [TestMethod]
    public async Task Stream_WrongAtFirst_TellsBothRunsAndEndsWithTheCorrected()
    {
        await using var replica = await StartReplicaAsync();
        var steps = new List<QueryEvent>();
        await foreach (var step in replica.Pipeline.StreamAsync(s_average, Token))
        {
            steps.Add(step);
        }

        var runs = steps.OfType<QueryEvent.Executed>().Select(step => step.Execution).ToList();
        CollectionAssert.AreEqual(new[] { (false, 1), (true, 2) }, runs.Select(run => (run.ExecutionSuccess, run.Attempts)).ToArray());
        Assert.Contains("TypeError", runs[0].Error!);
        var first = steps.FindIndex(step => step is QueryEvent.Executed);
        var result = Assert.IsInstanceOfType<QueryEvent.Done>(steps[^1]).Result;
        Assert.AreEqual(string.Concat(steps.Skip(first).OfType<QueryEvent.Token>().Select(token => token.Text)), result.Result);
        Assert.AreEqual(runs[1], result.E2b);
    }

    [TestMethod]
    public async Task Execute_CorrectionFails_KeepsTheAnswerWithItsErrorAndIsNotKept()
    {
        await using var replica = await StartReplicaAsync();
        CoreReplica.Value(await replica.Pipeline.ExecuteAsync(s_average with { Execute = CodeExecution.Never }, Token));
        var events = replica.Pipeline.StreamAsync(s_average, Token).GetAsyncEnumerator(Token);
        QueryResult? result = null;
        while (await events.MoveNextAsync())
        {
            if (events.Current is QueryEvent.Executed)
            {
                _emulator.Faults.Set(EmulatedPair.Status(400));
            }

            result = (events.Current as QueryEvent.Done)?.Result;
        }

        await events.DisposeAsync();
        Assert.AreEqual((false, 1), (result!.E2b!.ExecutionSuccess, result.E2b.Attempts));
        Assert.Contains("```javascript", result.Result);
        _emulator.Faults.Set();
        Assert.AreEqual(2, CoreReplica.Value(await replica.Pipeline.ExecuteAsync(s_average, Token)).E2b!.Attempts);
    }

    [TestMethod]
    public async Task Execute_NoSandbox_AutoAnswersWithoutAndAlwaysFailsBeforeItCosts()
    {
        await using var replica = await StartReplicaAsync("none");

        var failure = CoreReplica.Failure(await replica.Pipeline.ExecuteAsync(s_average with { Execute = CodeExecution.Always }, Token));

        Assert.AreEqual(FailureCodes.SandboxUnavailable, failure.Code);
        Assert.AreEqual(0, _emulator.Statistics.Requests);
        Assert.IsNull(CoreReplica.Value(await replica.Pipeline.ExecuteAsync(s_average, Token)).E2b);
    }

    [TestMethod]
    public async Task Execute_CallerWithoutPermission_IsForbidden()
    {
        await using var replica = await StartReplicaAsync();
        var reader = CoreReplica.Alice with { Permissions = new HashSet<string> { "read" } };

        Assert.AreEqual(FailureCodes.Forbidden, CoreReplica.Failure(await replica.Pipeline.ExecuteAsync(s_average with { Caller = reader }, Token)).Code);
        Assert.AreEqual(0, _emulator.Statistics.Requests);
    }

    [TestMethod]
    public async Task Execute_AnswerWithoutCode_RunsNothing()
    {
        await using var replica = await StartReplicaAsync();
        var result = CoreReplica.Value(await replica.Pipeline.ExecuteAsync(new QueryRequest("Hello", CoreReplica.Alice) { Execute = CodeExecution.Always }, Token));
        Assert.IsNull(result.E2b);
    }

    [TestMethod]
    public void JobSettings_OfItemThatRunsCode_GiveItBack()
    {
        var item = new BatchItem("x") { Execute = CodeExecution.Auto };
        Assert.AreEqual(CodeExecution.Auto, JobSettings.Of(item)!.ApplyTo(s_average with { Execute = CodeExecution.Never }).Execute);
        Assert.IsNull(JobSettings.Of(new BatchItem("x")));
    }

    private Task<CoreReplica> StartReplicaAsync(string providers = "javascript") => CoreReplica.StartAsync(
        _database.ConnectionString, EmulatedPair.ConnectionStringOf(_emulator), Token, settings: new() { ["Sandbox:Providers"] = providers });
}
