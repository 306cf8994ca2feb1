using Capibara6.Core;
using Capibara6.Core.Queries;
using Capibara6.ModelEmulator;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Capibara6.Tests.Core.Queries;

[TestClass]
public sealed class QueryPipelineTests
{
    private const string Question = "How to create a Python function?";

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
    public async Task Execute_Question_AnswersCompletelyAndRecords()
    {
        await using var replica = await StartReplicaAsync();

        var result = CoreReplica.Value(await replica.Pipeline.ExecuteAsync(new QueryRequest(Question, CoreReplica.Alice), Token));

        Assert.AreEqual(Question, result.Query);
        Assert.AreNotEqual("", result.Result);
        Assert.AreEqual(result.Routing.SelectedModel, result.ModelUsed);
        Assert.AreEqual("code", result.Routing.Domain);
        Assert.IsFalse(result.Cached);
        Assert.IsNull(result.E2b);
        Assert.AreEqual("", result.Ace.EnhancedContext);
        Assert.IsGreaterThan(0, result.Usage.PromptTokens);
        Assert.IsGreaterThan(0, result.Usage.CompletionTokens);
        Assert.IsGreaterThan(0m, result.Usage.CostUsd);
        Assert.AreEqual(7, result.Id.Version);
        await Eventually.TrueAsync(
            async () => await CountAsync($"id = '{result.Id}' AND account_id = '{CoreReplica.Alice.AccountId}' AND cost_usd > 0 AND NOT cached") == 1,
            TimeSpan.FromSeconds(10),
            "the answer is recorded",
            Token);
    }

    [TestMethod]
    public async Task Execute_SameQuestionByAnother_IsCachedFreeAndTheirs()
    {
        await using var replica = await StartReplicaAsync(settings: new() { ["AnswerCache:Scope"] = "Shared" });
        var first = CoreReplica.Value(await replica.Pipeline.ExecuteAsync(new QueryRequest(Question, CoreReplica.Alice), Token));

        var second = CoreReplica.Value(await replica.Pipeline.ExecuteAsync(new QueryRequest($" {Question}\n", CoreReplica.Bob), Token));

        Assert.IsTrue(second.Cached);
        Assert.AreEqual(first.Result, second.Result);
        Assert.AreEqual(first.ModelUsed, second.ModelUsed);
        Assert.AreNotEqual(first.Id, second.Id);
        Assert.AreEqual($" {Question}\n", second.Query);
        Assert.AreEqual((0, 0, 0m), (second.Usage.PromptTokens, second.Usage.CompletionTokens, second.Usage.CostUsd));
        Assert.AreEqual(1, _emulator.Statistics.Requests);
    }

    [TestMethod]
    public async Task Execute_CacheNotWanted_AsksAgainAndKeepsTheAnswer()
    {
        await using var replica = await StartReplicaAsync();
        var request = new QueryRequest(Question, CoreReplica.Alice) { UseCache = false };
        CoreReplica.Value(await replica.Pipeline.ExecuteAsync(request, Token));
        Assert.IsFalse(CoreReplica.Value(await replica.Pipeline.ExecuteAsync(request, Token)).Cached);

        Assert.IsTrue(CoreReplica.Value(await replica.Pipeline.ExecuteAsync(request with { UseCache = true }, Token)).Cached);
        Assert.AreEqual(2, _emulator.Statistics.Requests);
    }

    [TestMethod]
    public async Task Execute_ManyAtOnce_AskTheModelOnce()
    {
        await _emulator.DisposeAsync();
        _emulator = await EmulatedPair.StartAsync(Token, options => options.FirstTokenLatency = TimeSpan.FromMilliseconds(300));
        await using var replica = await StartReplicaAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => replica.Pipeline.ExecuteAsync(new QueryRequest(Question, CoreReplica.Alice), Token)));

        var results = outcomes.Select(CoreReplica.Value).ToList();
        Assert.AreEqual(1, _emulator.Statistics.Requests);
        Assert.AreEqual(1, results.Count(result => !result.Cached));
        Assert.AreEqual(50, results.Select(result => result.Id).Distinct().Count());
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task Execute_AnswerCutByItsBound_IsNotKept(bool streamed)
    {
        await using var replica = await StartReplicaAsync();
        var request = new QueryRequest(Question, CoreReplica.Alice) { MaxTokens = 3 };
        for (var i = 0; i < 2; i++)
        {
            var result = streamed
                ? Assert.IsInstanceOfType<QueryEvent.Done>((await ReadAsync(replica, request))[^1]).Result
                : CoreReplica.Value(await replica.Pipeline.ExecuteAsync(request, Token));
            Assert.IsFalse(result.Cached);
        }

        Assert.AreEqual(2, _emulator.Statistics.Requests);
    }

    [TestMethod]
    public async Task Execute_ManyAtOnceAndTheModelRefuses_AllAreToldAndNothingIsKept()
    {
        await _emulator.DisposeAsync();
        _emulator = await EmulatedPair.StartAsync(Token, options => options.FirstTokenLatency = TimeSpan.FromMilliseconds(300));
        await using var replica = await StartReplicaAsync();
        _emulator.Faults.Set([EmulatedPair.Status(400)]);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => replica.Pipeline.ExecuteAsync(new QueryRequest(Question, CoreReplica.Alice), Token)));

        CollectionAssert.AreEqual(new[] { FailureCodes.ModelRefused }, outcomes.Select(outcome => CoreReplica.Failure(outcome).Code).Distinct().ToArray());
        _emulator.Faults.Set([]);
        Assert.IsFalse(CoreReplica.Value(await replica.Pipeline.ExecuteAsync(new QueryRequest(Question, CoreReplica.Alice), Token)).Cached);
        Assert.DoesNotContain("Exception", replica.Log.Text);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task Execute_KeptWithContextThatHasChanged_IsAnsweredAnew(bool streamed)
    {
        var context = new ChangingContext();
        await using var replica = await CoreReplica.StartAsync(
            _database.ConnectionString, EmulatedPair.ConnectionStringOf(_emulator), Token,
            services: services => services.AddSingleton<IContextVersions>(context));
        var request = new QueryRequest(Question, CoreReplica.Alice);
        async Task<bool> IsCachedAsync() => streamed
            ? Assert.IsInstanceOfType<QueryEvent.Done>((await ReadAsync(replica, request))[^1]).Result.Cached
            : CoreReplica.Value(await replica.Pipeline.ExecuteAsync(request, Token)).Cached;
        Assert.IsFalse(await IsCachedAsync());
        Assert.IsTrue(await IsCachedAsync());

        context.HasChanged = true;
        Assert.IsFalse(await IsCachedAsync());
        context.HasChanged = false;
        Assert.IsTrue(await IsCachedAsync());
    }

    [TestMethod]
    public async Task Stream_Question_GivesStepsInOrderAndTheSameText()
    {
        await using var replica = await StartReplicaAsync();

        var steps = await ReadAsync(replica, new QueryRequest(Question, CoreReplica.Alice));

        Assert.IsInstanceOfType<QueryEvent.Routed>(steps[0]);
        Assert.IsInstanceOfType<QueryEvent.Enriched>(steps[1]);
        var tokens = steps[2..^1].Cast<QueryEvent.Token>().ToList();
        Assert.IsGreaterThan(1, tokens.Count);
        var result = Assert.IsInstanceOfType<QueryEvent.Done>(steps[^1]).Result;
        Assert.AreEqual(string.Concat(tokens.Select(token => token.Text)), result.Result);
        Assert.IsGreaterThan(0, result.Usage.CompletionTokens);

        var again = await ReadAsync(replica, new QueryRequest(Question, CoreReplica.Alice));
        Assert.IsTrue(Assert.IsInstanceOfType<QueryEvent.Done>(again[^1]).Result.Cached);
        Assert.AreEqual(result.Result, string.Concat(again.OfType<QueryEvent.Token>().Select(token => token.Text)));
    }

    [TestMethod]
    public async Task Stream_ReaderLeaves_EndsTheCall()
    {
        await _emulator.DisposeAsync();
        _emulator = await EmulatedPair.StartAsync(Token, options => options.TokensPerSecond = 1);
        await using var replica = await StartReplicaAsync();

        var started = TimeProvider.System.GetTimestamp();
        await foreach (var step in replica.Pipeline.StreamAsync(new QueryRequest(Question, CoreReplica.Alice), Token))
        {
            if (step is QueryEvent.Token)
            {
                break;
            }
        }

        Assert.IsLessThan(TimeSpan.FromSeconds(5), TimeProvider.System.GetElapsedTime(started));
        Assert.AreEqual(0, await CountAsync("true"));
    }

    public static IEnumerable<(string Code, FailureKind Kind, QueryRequest Request)> BadRequests =>
    [
        (FailureCodes.QueryEmpty, FailureKind.Invalid, new(" \n\t", CoreReplica.Alice)),
        (FailureCodes.QueryTooLong, FailureKind.TooLarge, new(new string('a', 32_001), CoreReplica.Alice)),
        (FailureCodes.QueryInvalidText, FailureKind.Invalid, new("a\0b", CoreReplica.Alice)),
        (FailureCodes.QueryInvalidText, FailureKind.Invalid, new("a\uD83Db", CoreReplica.Alice)),
        (FailureCodes.QueryInvalidText, FailureKind.Invalid, new("\uDE00", CoreReplica.Alice)),
        (FailureCodes.ModelNotFound, FailureKind.NotFound, new("hello", CoreReplica.Alice) { Model = "gpt-9" }),
        (FailureCodes.InvalidRequest, FailureKind.Invalid, new("hello", CoreReplica.Alice) { MaxTokens = 0 }),
        (FailureCodes.InvalidRequest, FailureKind.Invalid, new("hello", CoreReplica.Alice) { Temperature = float.NaN }),
        (FailureCodes.InvalidRequest, FailureKind.Invalid, new("hello", CoreReplica.Alice) { Temperature = 2.1f }),
        (FailureCodes.QueryInvalidText, FailureKind.Invalid, new("hello", CoreReplica.Alice) { Context = new Dictionary<string, string> { ["a"] = "\0" } }),
        (FailureCodes.QueryTooLong, FailureKind.TooLarge, new("hello", CoreReplica.Alice) { Context = new Dictionary<string, string> { ["a"] = new('x', 32_000) } }),
        (FailureCodes.InvalidRequest, FailureKind.Invalid, new("hello", CoreReplica.Alice) { History = [new QueryTurn("boss", "obey")] }),
    ];

    [TestMethod]
    public async Task Execute_BadRequests_FailWithTheirCodeAndAskNoModel()
    {
        await using var replica = await StartReplicaAsync();
        foreach (var (code, kind, request) in BadRequests)
        {
            var failure = CoreReplica.Failure(await replica.Pipeline.ExecuteAsync(request, Token));
            Assert.AreEqual((code, kind), (failure.Code, failure.Kind));
            Assert.AreEqual(code, Assert.IsInstanceOfType<QueryEvent.Failed>((await ReadAsync(replica, request)).Single()).Failure.Code);
        }

        Assert.AreEqual(0, _emulator.Statistics.Requests);
    }

    [TestMethod]
    public async Task Execute_LongestQueryWithEmoji_IsAnswered()
    {
        await using var replica = await StartReplicaAsync();
        var request = new QueryRequest(string.Concat(Enumerable.Repeat("\U0001F9AB", 16_000)), CoreReplica.Alice) { Context = new Dictionary<string, string> { ["animal"] = "capybara" } };
        CoreReplica.Value(await replica.Pipeline.ExecuteAsync(request, Token));
    }

    [TestMethod]
    public async Task Execute_DatabaseStops_FailsAtOnceAndHeals()
    {
        var direct = new NpgsqlConnectionStringBuilder(_database.ConnectionString);
        await using var gate = new TcpGate(direct.Port);
        await using var replica = await StartReplicaAsync(new NpgsqlConnectionStringBuilder(direct.ConnectionString) { Port = gate.Port }.ConnectionString);
        CoreReplica.Value(await replica.Pipeline.ExecuteAsync(new QueryRequest("one", CoreReplica.Alice), Token));

        gate.Shut();
        Failure? failure = null;
        await Eventually.TrueAsync(
            async () =>
            {
                failure = (await replica.Pipeline.ExecuteAsync(new QueryRequest("two", CoreReplica.Alice) { UseCache = false }, Token) as Outcome<QueryResult>.Failed)?.Failure;
                return failure is not null;
            },
            TimeSpan.FromSeconds(5),
            "queries fail while the database is away",
            Token);
        Assert.AreEqual((FailureCodes.DatabaseUnavailable, FailureKind.Unavailable), (failure!.Code, failure.Kind));
        Assert.IsNotNull(failure.RetryAfter);
        var started = TimeProvider.System.GetTimestamp();
        CoreReplica.Failure(await replica.Pipeline.ExecuteAsync(new QueryRequest("three", CoreReplica.Alice), Token));
        Assert.IsLessThan(TimeSpan.FromMilliseconds(100), TimeProvider.System.GetElapsedTime(started));

        gate.Open();
        await Eventually.TrueAsync(
            async () => await replica.Pipeline.ExecuteAsync(new QueryRequest("four", CoreReplica.Alice), Token) is Outcome<QueryResult>.Success,
            TimeSpan.FromSeconds(10),
            "queries are answered again",
            Token);
        await Eventually.TrueAsync(
            async () => await CountAsync("true") >= 2, TimeSpan.FromSeconds(10), "what was answered meanwhile is recorded", Token);
    }

    [TestMethod]
    public async Task Stop_RightAfterAnswers_LosesNoRecord()
    {
        await using var replica = await StartReplicaAsync(settings: new() { ["Usage:FlushInterval"] = "00:00:30" });
        for (var i = 0; i < 20; i++)
        {
            CoreReplica.Value(await replica.Pipeline.ExecuteAsync(new QueryRequest($"question {i}", CoreReplica.Alice), Token));
        }

        await replica.StopAsync(Token);

        Assert.AreEqual(20, await CountAsync("true"));
    }

    private sealed class ChangingContext : IContextVersions
    {
        public bool HasChanged { get; set; }

        public bool IsCurrent(string? version) => !HasChanged;
    }

    private Task<CoreReplica> StartReplicaAsync(string? database = null, Dictionary<string, string?>? settings = null) =>
        CoreReplica.StartAsync(database ?? _database.ConnectionString, EmulatedPair.ConnectionStringOf(_emulator), Token, settings: settings);

    private async Task<List<QueryEvent>> ReadAsync(CoreReplica replica, QueryRequest request)
    {
        var steps = new List<QueryEvent>();
        await foreach (var step in replica.Pipeline.StreamAsync(request, Token))
        {
            steps.Add(step);
        }

        return steps;
    }

    private async Task<long> CountAsync(string condition)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM usage_records WHERE outcome = 'answered' AND ({condition})", connection);
        return (long)(await command.ExecuteScalarAsync(Token))!;
    }
}
