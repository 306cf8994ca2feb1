using Capibara6.Core;
using Capibara6.Core.Queries;
using Capibara6.ModelEmulator;
using Capibara6.ModelEmulator.Faults;

namespace Capibara6.Tests.Core.ModelClients;

/// <summary>Every retry, timeout, breaker and fallback fires against the real protocol.</summary>
[TestClass]
public sealed class ModelResilienceTests
{
    private const string Small = EmulatedPair.Small;
    private const string Large = EmulatedPair.Large;

    private static TestDatabase s_database = null!;
    private ModelEmulatorHost _emulator = null!;
    private CoreReplica _replica = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task CreateDatabaseAsync(TestContext context) => s_database = await MigratedDatabase.CreateAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task DropDatabaseAsync() => await s_database.DisposeAsync();

    [TestInitialize]
    public Task StartAsync() => StartAsync(TimeSpan.FromSeconds(5));

    private Task StartAsync(TimeSpan attemptTimeout) => StartAsync(attemptTimeout, TimeSpan.FromSeconds(20));

    private async Task StartAsync(TimeSpan attemptTimeout, TimeSpan totalTimeout)
    {
        _emulator = await EmulatedPair.StartAsync(Token);
        _replica = await CoreReplica.StartAsync(
            s_database.ConnectionString,
            EmulatedPair.ConnectionStringOf(_emulator, "sk-secret-of-the-test"),
            Token,
            settings: new()
            {
                ["Models:Resilience:AttemptTimeout"] = attemptTimeout.ToString(),
                ["Models:Resilience:TotalTimeout"] = totalTimeout.ToString(),
                ["Models:Resilience:StreamIdleTimeout"] = "00:00:05",
                ["Models:Resilience:RetryDelay"] = "00:00:00.02",
                ["Models:Resilience:MaxRetryAfter"] = "00:00:02",
                ["Models:Resilience:BreakerMinimumThroughput"] = "6",
                ["Models:Resilience:BreakerDuration"] = "00:00:00.5",
            });
    }

    [TestCleanup]
    public async Task StopAsync()
    {
        Assert.DoesNotContain("sk-secret-of-the-test", _replica.Log.Text);
        Assert.DoesNotContain("tell-me-nothing", _replica.Log.Text);
        await _replica.DisposeAsync();
        await _emulator.DisposeAsync();
    }

    [TestMethod]
    public async Task Ask_OneServerError_TriesAgain()
    {
        _emulator.Faults.Set(EmulatedPair.Status(503, count: 1));
        var result = CoreReplica.Value(await AskAsync());
        Assert.AreEqual(Small, result.ModelUsed);
        Assert.AreEqual(2, _emulator.Statistics.Requests);
    }

    [TestMethod]
    public async Task Ask_TooManyRequestsWithRetryAfter_WaitsThatLong()
    {
        _emulator.Faults.Set(EmulatedPair.Status(429, count: 1, retryAfter: 1));
        var started = TimeProvider.System.GetTimestamp();
        Assert.AreEqual(Small, CoreReplica.Value(await AskAsync()).ModelUsed);
        Assert.IsGreaterThan(TimeSpan.FromSeconds(0.95), TimeProvider.System.GetElapsedTime(started));
    }

    [TestMethod]
    public async Task Ask_RetryAfterBeyondPatience_FallsBackAtOnce()
    {
        _emulator.Faults.Set(EmulatedPair.Status(429, model: Small, retryAfter: 600));
        var result = CoreReplica.Value(await AskAsync());
        Assert.AreEqual(Large, result.ModelUsed);
        Assert.AreEqual(Small, result.Routing.SelectedModel);
        Assert.Contains("Capibara6 120B was asked", result.Routing.Reasoning);
        Assert.AreEqual(1, _emulator.Statistics.RequestsOf(Small));

        // The second-best answer is not kept.
        _emulator.Faults.Set();
        Assert.AreEqual(Small, CoreReplica.Value(await AskAsync()).ModelUsed);
    }

    [TestMethod]
    public async Task Ask_BothOverloaded_FailsAndSaysWhenToComeBack()
    {
        _emulator.Faults.Set(EmulatedPair.Status(429, retryAfter: 600));
        var failure = CoreReplica.Failure(await AskAsync());
        Assert.AreEqual((FailureCodes.ModelOverloaded, FailureKind.RateLimited), (failure.Code, failure.Kind));
        Assert.AreEqual(TimeSpan.FromSeconds(600), failure.RetryAfter);
        Assert.AreEqual((1, 1), (_emulator.Statistics.RequestsOf(Small), _emulator.Statistics.RequestsOf(Large)));
    }

    [TestMethod]
    [DataRow(FaultKind.Garbage)]
    [DataRow(FaultKind.EmptyAnswer)]
    [DataRow(FaultKind.CutStream)]
    public async Task Ask_AnswerThatIsNone_IsNeverASuccess(FaultKind kind)
    {
        _emulator.Faults.Set(new Fault { Kind = kind, AfterTokens = 3 });
        Assert.AreEqual(FailureCodes.ModelUnavailable, CoreReplica.Failure(await AskAsync()).Code);
        Assert.AreEqual(3, _emulator.Statistics.RequestsOf(Small));
        Assert.AreEqual(3, _emulator.Statistics.RequestsOf(Large));
    }

    [TestMethod]
    public async Task Ask_Hanging_TimesOutOnBothModels()
    {
        await RestartImpatientAsync();
        _emulator.Faults.Set(new Fault { Kind = FaultKind.Hang });
        var failure = CoreReplica.Failure(await AskAsync());
        Assert.AreEqual((FailureCodes.ModelTimeout, FailureKind.TimedOut), (failure.Code, failure.Kind));
        Assert.AreEqual(3, _emulator.Statistics.RequestsOf(Large));
    }

    [TestMethod]
    public async Task Ask_CallerLeavesWhileItHangs_IsNoTimeout()
    {
        _emulator.Faults.Set(new Fault { Kind = FaultKind.Hang });
        using var left = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var asking = _replica.Pipeline.ExecuteAsync(new QueryRequest("hello", CoreReplica.Alice), left.Token);
        await Eventually.TrueAsync(() => _emulator.Statistics.Requests > 0, TimeSpan.FromSeconds(5), "it is asked", Token);
        await left.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => asking);
        Assert.AreEqual(0, _emulator.Statistics.RequestsOf(Large));
    }

    [TestMethod]
    public async Task Ask_BadRequestUpstream_IsRefusedWithoutRetryOrFallback()
    {
        _emulator.Faults.Set(EmulatedPair.Status(400));
        var failure = CoreReplica.Failure(await AskAsync());
        Assert.AreEqual((FailureCodes.ModelRefused, FailureKind.Invalid), (failure.Code, failure.Kind));
        Assert.AreEqual(1, _emulator.Statistics.Requests);
    }

    [TestMethod]
    public async Task Ask_WrongKeyUpstream_IsNotRetriedAndNotShown()
    {
        _emulator.Faults.Set(EmulatedPair.Status(401));
        var failure = CoreReplica.Failure(await AskAsync());
        Assert.AreEqual((FailureCodes.ModelKeyRefused, FailureKind.Misconfigured), (failure.Code, failure.Kind));
        Assert.Contains("does not take the key", _replica.Log.Text);
        Assert.AreEqual((1, 1), (_emulator.Statistics.RequestsOf(Small), _emulator.Statistics.RequestsOf(Large)));
    }

    [TestMethod]
    public async Task Ask_ModelKeepsFailing_IsLeftAloneUntilItHeals()
    {
        _emulator.Faults.Set(EmulatedPair.Status(500, model: Small));
        for (var i = 0; i < 3; i++)
        {
            Assert.AreEqual(Large, CoreReplica.Value(await AskAsync($"question {i}")).ModelUsed);
        }

        var asked = _emulator.Statistics.RequestsOf(Small);
        Assert.AreEqual(6, asked);
        var result = CoreReplica.Value(await AskAsync("one more"));
        Assert.AreEqual(Large, result.ModelUsed);
        Assert.Contains("failed too often", result.Routing.Reasoning);
        Assert.AreEqual(asked, _emulator.Statistics.RequestsOf(Small));

        _emulator.Faults.Set();
        var count = 0;
        await Eventually.TrueAsync(
            async () => CoreReplica.Value(await AskAsync($"again {count++}")).ModelUsed == Small, TimeSpan.FromSeconds(5), "the circuit closes", Token);
    }

    [TestMethod]
    public async Task Stream_ServerErrorBeforeTheFirstToken_TriesAgain()
    {
        _emulator.Faults.Set(EmulatedPair.Status(503, count: 1));
        var steps = await StreamAsync();
        Assert.AreEqual(Small, Assert.IsInstanceOfType<QueryEvent.Done>(steps[^1]).Result.ModelUsed);
        Assert.AreEqual(2, _emulator.Statistics.Requests);
    }

    [TestMethod]
    public async Task Stream_CutAfterTheFirstToken_FailsAndIsNotBegunAgain()
    {
        _emulator.Faults.Set(new Fault { Kind = FaultKind.CutStream, AfterTokens = 4 });
        var steps = await StreamAsync();
        Assert.AreEqual(FailureCodes.ModelUnavailable, Assert.IsInstanceOfType<QueryEvent.Failed>(steps[^1]).Failure.Code);
        Assert.IsNotEmpty(steps.OfType<QueryEvent.Token>());
        Assert.AreEqual(1, _emulator.Statistics.Requests);

        // Nothing of it was kept.
        _emulator.Faults.Set();
        Assert.IsFalse(Assert.IsInstanceOfType<QueryEvent.Done>((await StreamAsync())[^1]).Result.Cached);
    }

    [TestMethod]
    [DataRow(FaultKind.Garbage)]
    [DataRow(FaultKind.EmptyAnswer)]
    [DataRow(FaultKind.Hang)]
    public async Task Stream_NoFirstTokenFromOne_IsAnsweredByTheOther(FaultKind kind)
    {
        if (kind == FaultKind.Hang)
        {
            await RestartImpatientAsync();
        }

        _emulator.Faults.Set(new Fault { Kind = kind, Model = Small });
        var steps = await StreamAsync();
        Assert.AreEqual(Large, Assert.IsInstanceOfType<QueryEvent.Done>(steps[^1]).Result.ModelUsed);
    }

    [TestMethod]
    public async Task Ask_CutAnswersOfOneModel_AreAnsweredByTheOther()
    {
        _emulator.Faults.Set(new Fault { Kind = FaultKind.CutStream, AfterTokens = 3, Model = Small });
        Assert.AreEqual(Large, CoreReplica.Value(await AskAsync()).ModelUsed);
        Assert.AreEqual(3, _emulator.Statistics.RequestsOf(Small));
    }

    [TestMethod]
    public async Task Ask_HangingOnBothModels_EndsByTheOneDeadline()
    {
        await StopAsync();
        await StartAsync(TimeSpan.FromSeconds(0.8), TimeSpan.FromSeconds(0.9));
        _emulator.Faults.Set(new Fault { Kind = FaultKind.Hang });
        var started = TimeProvider.System.GetTimestamp();
        Assert.AreEqual(FailureCodes.ModelTimeout, CoreReplica.Failure(await AskAsync()).Code);
        var took = TimeProvider.System.GetElapsedTime(started);
        Assert.IsTrue(took > TimeSpan.FromSeconds(0.8) && took < TimeSpan.FromSeconds(4), took.ToString());
        // One that hangs, and what still begins within the last tenth of a second: not every retry of both models.
        Assert.IsLessThanOrEqualTo(3, _emulator.Statistics.Requests);
    }

    [TestMethod]
    public async Task Ask_NobodyThere_FailsAndSaysSo()
    {
        await _emulator.DisposeAsync();
        var failure = CoreReplica.Failure(await AskAsync());
        Assert.AreEqual((FailureCodes.ModelUnavailable, FailureKind.Unavailable), (failure.Code, failure.Kind));
    }

    private async Task RestartImpatientAsync()
    {
        await StopAsync();
        await StartAsync(TimeSpan.FromSeconds(0.5));
    }

    private Task<Outcome<QueryResult>> AskAsync(string query = "hello tell-me-nothing") =>
        _replica.Pipeline.ExecuteAsync(new QueryRequest(query, CoreReplica.Alice) { Model = Small }, Token);

    private async Task<List<QueryEvent>> StreamAsync()
    {
        var steps = new List<QueryEvent>();
        await foreach (var step in _replica.Pipeline.StreamAsync(new QueryRequest("hello tell-me-nothing", CoreReplica.Alice) { Model = Small }, Token))
        {
            steps.Add(step);
        }

        return steps;
    }
}
