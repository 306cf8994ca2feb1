using Capibara6.Core.Caching;
using Capibara6.Core.Queries;
using Capibara6.ModelEmulator;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Capibara6.Tests.Core.Caching;

[TestClass]
public sealed class AnswerCacheTests
{
    private static readonly QueryRequest s_question = new("What is a capybara?", CoreReplica.Alice);

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
    public async Task Answer_GivenByOneReplica_IsFoundByAnother()
    {
        var redis = await TestRedis.GetAsync(Token);
        await using var one = await StartReplicaAsync(redis);
        await using var other = await StartReplicaAsync(redis);
        var first = await AskAsync(one);

        // The shared level is written behind the answer.
        await Eventually.TrueAsync(async () => await KeysAsync(redis) > 0, TimeSpan.FromSeconds(5), "the answer is shared", Token);
        var second = await AskAsync(other);

        Assert.IsTrue(second.Cached);
        Assert.AreEqual(first.Result, second.Result);
        Assert.AreEqual(first.Routing, second.Routing);
    }

    [TestMethod]
    public async Task Answer_AskedOfThreeReplicasAtOnce_IsMadeOnce()
    {
        var redis = await TestRedis.GetAsync(Token);
        await using var one = await StartReplicaAsync(redis);
        await using var two = await StartReplicaAsync(redis);
        await using var three = await StartReplicaAsync(redis);
        CoreReplica[] replicas = [one, two, three];
        var before = _emulator.Statistics.Requests;

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(() => AskAsync(replicas[i % 3]), Token)));

        Assert.AreEqual(1, _emulator.Statistics.Requests - before);
        Assert.HasCount(1, answers.Select(answer => answer.Result).Distinct().ToList());
        Assert.AreEqual(59, answers.Count(answer => answer.Cached && answer.Usage.CompletionTokens == 0));
    }

    [TestMethod]
    public async Task Clear_OnOneReplica_ForgetsOnAll()
    {
        var redis = await TestRedis.GetAsync(Token);
        await using var one = await StartReplicaAsync(redis);
        await using var other = await StartReplicaAsync(redis);
        await AskAsync(one);
        await Eventually.TrueAsync(async () => (await AskAsync(other)).Cached, TimeSpan.FromSeconds(5), "the other has it too", Token);

        await one.Services.GetRequiredService<IAnswerCache>().ClearAsync(Token);

        Assert.IsFalse((await AskAsync(one)).Cached);
        await Eventually.TrueAsync(
            () => KeyOf(other) == KeyOf(one), TimeSpan.FromSeconds(10), "the other has heard of it", Token);
        Assert.IsTrue((await AskAsync(one)).Cached);
    }

    [TestMethod]
    public async Task Answer_RedisAway_ComesFromMemoryWithoutWaitingAndHeals()
    {
        var server = await TestRedis.GetAsync(Token);
        await using var gate = new TcpGate(PortOf(server));
        var redis = new TestRedis(server.ConnectionString.Replace($":{PortOf(server)}", $":{gate.Port}", StringComparison.Ordinal), server.Prefix);
        await using var replica = await StartReplicaAsync(redis);
        await AskAsync(replica);

        gate.Shut();
        Assert.IsTrue((await AskAsync(replica)).Cached);

        // The first command after the loss may wait for its patience, not longer; the rest not at all.
        var slowest = TimeSpan.Zero;
        for (var i = 0; i < 20; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            Assert.IsFalse((await AskAsync(replica, $"question {i}")).Cached);
            var elapsed = TimeProvider.System.GetElapsedTime(started);
            slowest = elapsed > slowest ? elapsed : slowest;
        }

        Assert.IsLessThan(TimeSpan.FromSeconds(1), slowest);
        await replica.Services.GetRequiredService<IAnswerCache>().ClearAsync(Token);
        Assert.IsFalse((await AskAsync(replica)).Cached);
        Assert.Contains("Redis is away", replica.Log.Text);

        gate.Open();
        await using var other = await StartReplicaAsync(server);
        await Eventually.TrueAsync(
            () => KeyOf(replica) == KeyOf(other), TimeSpan.FromSeconds(20), "the clear reaches the others when Redis returns", Token);
    }

    [TestMethod]
    public void Key_AnyPartThatAnAnswerDependsOn_TellsRequestsApart()
    {
        QueryRequest[] different =
        [
            s_question,
            s_question with { Query = "what is a capybara?" },
            s_question with { Model = EmulatedPair.Large },
            s_question with { MaxTokens = 10 },
            s_question with { Temperature = 0 },
            s_question with { Temperature = 1 },
            s_question with { Context = Context(("a", "bc")) },
            s_question with { Context = Context(("ab", "c")) },
            s_question with { Context = Context(("a", "b"), ("c", "d")) },
            s_question with { Context = Context(("a", "d"), ("c", "b")) },
            s_question with { History = [new("user", "hi"), new("assistant", "ho")] },
            s_question with { History = [new("user", "hi"), new("user", "ho")] },
            s_question with { History = [new("user", "ho"), new("assistant", "hi")] },
        ];
        Assert.HasCount(different.Length, different.Select(request => AnswerKey.Of(request, Guid.Empty)).Distinct().ToList());
    }

    [TestMethod]
    public void Key_SameInAnotherForm_IsTheSame()
    {
        var request = s_question with { Context = Context(("a", "1"), ("b", "2")), Model = "AUTO", Temperature = 0f };
        var other = new QueryRequest(" What is a capybara?\n", CoreReplica.Bob) { Context = Context(("b", "2"), ("a", "1")), Temperature = -0f, UseCache = false };
        Assert.AreEqual(AnswerKey.Of(request, Guid.Empty), AnswerKey.Of(other, Guid.Empty));
    }

    [TestMethod]
    [DataRow("Account", false)]
    [DataRow("Shared", true)]
    public async Task Answer_OfAnotherAccount_IsFoundOnlyWhereAnswersAreShared(string scope, bool found)
    {
        await using var replica = await StartReplicaAsync(redis: null, scope);
        await AskAsync(replica);
        Assert.IsTrue((await AskAsync(replica)).Cached, "one's own");

        var others = CoreReplica.Value(await replica.Pipeline.ExecuteAsync(s_question with { Caller = CoreReplica.Bob }, Token));

        Assert.AreEqual(found, others.Cached);
    }

    private Task<CoreReplica> StartReplicaAsync(TestRedis? redis, string scope = "Account") => CoreReplica.StartAsync(
        _database.ConnectionString, EmulatedPair.ConnectionStringOf(_emulator), Token, redis, new() { ["AnswerCache:Scope"] = scope });

    private async Task<QueryResult> AskAsync(CoreReplica replica, string? query = null) =>
        CoreReplica.Value(await replica.Pipeline.ExecuteAsync(query is null ? s_question : new QueryRequest(query, CoreReplica.Alice), Token));

    private static string KeyOf(CoreReplica replica) => replica.Services.GetRequiredService<AnswerCacheVersion>().Qualify("x");

    private static int PortOf(TestRedis redis) => ((System.Net.IPEndPoint)ConfigurationOptions.Parse(redis.ConnectionString).EndPoints[0]).Port;

    private static async Task<int> KeysAsync(TestRedis redis)
    {
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var found = 0;
        await foreach (var _ in multiplexer.GetServers()[0].KeysAsync(pattern: redis.Prefix + "answers:*"))
        {
            found++;
        }

        return found;
    }

    private static Dictionary<string, string> Context(params (string Name, string Text)[] parts) => parts.ToDictionary(part => part.Name, part => part.Text);
}
