using Capibara6.Core.Jobs;
using Capibara6.ModelEmulator;
using Capibara6.ModelEmulator.Faults;
using Capibara6.Tests.Core;
using Capibara6.Worker.Jobs;
using Capibara6.Worker.Migrations;

namespace Capibara6.Tests.Worker;

/// <summary>Cancelling ends what runs, wherever it runs. The models hang, so nothing else would end it.</summary>
[TestClass]
public sealed class CancelTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(20);

    private TestDatabase _database = null!;
    private ModelEmulatorHost _emulator = null!;
    private int _accepted;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestInitialize]
    public async Task StartAsync()
    {
        _database = await MigratedDatabase.CreateAsync(Token);
        _emulator = await EmulatedPair.StartAsync(Token);
        _emulator.Faults.Set(new Fault { Kind = FaultKind.Hang });
    }

    [TestCleanup]
    public async Task StopAsync()
    {
        await _emulator.DisposeAsync();
        await _database.DisposeAsync();
    }

    [TestMethod]
    public async Task Cancel_RunsOnAnotherWorker_IsHeardThroughRedis() =>
        await CancelAsync(await TestRedis.GetAsync(Token), lookEvery: "00:01:00");

    [TestMethod]
    public async Task Cancel_RunsOnAnotherWorkerWithoutRedis_IsSeenByLooking() => await CancelAsync(redis: null, lookEvery: "00:00:00.5");

    [TestMethod]
    public async Task Cancel_OfAnother_LeavesWhatRuns()
    {
        await using var worker = await StartWorkerAsync(redis: null, "00:00:00.1");
        var (kept, cancelled) = (await AcceptAsync(worker, 2), await AcceptAsync(worker, 2));
        await Eventually.TrueAsync(() => _emulator.Statistics.Requests == 4, s_soon, "jobs run", Token);

        CoreReplica.Value(await worker.Batches.CancelAsync(cancelled, CoreReplica.Alice, Token));
        await Eventually.TrueAsync(async () => (await FindAsync(worker, cancelled)).Status == BatchStatus.Cancelled, s_soon, "the batch ends", Token);

        Assert.AreEqual(2, (await FindAsync(worker, kept)).Running);
    }

    private async Task CancelAsync(TestRedis? redis, string lookEvery)
    {
        await using var worker = await StartWorkerAsync(redis, lookEvery);
        await using var edge = await CoreReplica.StartAsync(_database.ConnectionString, EmulatedPair.ConnectionStringOf(_emulator), Token, redis);
        var batch = await AcceptAsync(edge, 5);
        await Eventually.TrueAsync(() => _emulator.Statistics.Requests == 5, s_soon, "jobs run", Token);

        var view = CoreReplica.Value(await edge.Batches.CancelAsync(batch, CoreReplica.Alice, Token));
        Assert.IsTrue(view.Running + view.Cancelled == 5);

        await Eventually.TrueAsync(async () => (await FindAsync(edge, batch)).Status == BatchStatus.Cancelled, s_soon, "the batch ends", Token);
        var ended = await FindAsync(edge, batch);
        Assert.AreEqual((5, 0, 0), (ended.Cancelled, ended.Running, ended.Succeeded));
    }

    private Task<CoreReplica> StartWorkerAsync(TestRedis? redis, string lookEvery) => CoreReplica.StartAsync(
        _database.ConnectionString,
        EmulatedPair.ConnectionStringOf(_emulator),
        Token,
        redis,
        new() { ["JobRunner:PollInterval"] = "00:00:00.1", ["JobRunner:CancelInterval"] = lookEvery },
        services => services.AddMigrations().AddJobRunner());

    private async Task<Guid> AcceptAsync(CoreReplica replica, int count) => CoreReplica.Value(await replica.Batches.AcceptAsync(
        new BatchRequest([.. Enumerable.Range(0, count).Select(i => new BatchItem($"question {i} of {count} {_accepted++}"))], BatchPriority.Medium, CoreReplica.Alice),
        Token)).Id;

    private async Task<BatchView> FindAsync(CoreReplica replica, Guid id) =>
        CoreReplica.Value(await replica.Batches.FindAsync(id, CoreReplica.Alice, Token));
}
