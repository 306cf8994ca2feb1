using Capibara6.Core.Data;
using Capibara6.Core.Jobs;
using Capibara6.ModelEmulator;
using Capibara6.ModelEmulator.Faults;
using Capibara6.Tests.Core;
using Capibara6.Worker.Jobs;
using Capibara6.Worker.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Capibara6.Tests.Worker;

/// <summary>The worker's services, from an empty database on, with the emulator for models.</summary>
[TestClass]
public sealed class WorkerTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(20);

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
    public async Task Start_EmptyDatabase_MigratesThenAnswersABatch()
    {
        await using var empty = await TestDatabases.CreateAsync(Token);
        await using var worker = await StartWorkerAsync(empty.ConnectionString);
        await Eventually.TrueAsync(
            async () => (await worker.Services.GetRequiredService<ISchemaVersion>().CheckAsync(Token)).Fits, s_soon, "the schema fits", Token);

        await KnownAccounts.AddAsync(empty.ConnectionString, Token);
        var batch = await AcceptAsync(worker, 40);

        await Eventually.TrueAsync(async () => (await FindAsync(worker, batch)).Status == BatchStatus.Completed, s_soon, "the batch ends", Token);
        var results = new List<BatchItemResult>();
        await foreach (var result in CoreReplica.Value(await worker.Batches.ReadResultsAsync(batch, CoreReplica.Alice, Token)))
        {
            results.Add(result);
        }

        CollectionAssert.AreEqual(Enumerable.Range(0, 40).ToList(), results.Select(result => result.Index).ToList());
        Assert.IsTrue(results.All(result => result is { Error: null, Attempts: 1 } && result.Result!.Query == $"question {result.Index}"));
    }

    [TestMethod]
    public async Task Accept_IdleWorkerElsewhere_IsWokenThroughRedis()
    {
        var redis = await TestRedis.GetAsync(Token);
        await using var worker = await StartWorkerAsync(redis: redis, settings: new() { ["JobRunner:PollInterval"] = "00:01:00" });
        await using var edge = await CoreReplica.StartAsync(_database.ConnectionString, EmulatedPair.ConnectionStringOf(_emulator), Token, redis);
        await Eventually.TrueAsync(() => worker.Log.Text.Contains("Taking jobs", StringComparison.Ordinal), s_soon, "the worker is up", Token);
        CoreReplica.Value(await worker.Pipeline.ExecuteAsync(new("warm up", CoreReplica.Alice), Token));

        var batch = await AcceptAsync(edge, 1);
        await Eventually.TrueAsync(async () => (await FindAsync(edge, batch)).Status == BatchStatus.Completed, s_soon, "the batch ends", Token);
    }

    [TestMethod]
    public async Task Stop_JobsRun_LetsThemEnd()
    {
        await RestartEmulatorAsync(options => options.FirstTokenLatency = TimeSpan.FromSeconds(1));
        await using var worker = await StartWorkerAsync();
        var batch = await AcceptAsync(worker, 30);
        await Eventually.TrueAsync(() => _emulator.Statistics.Requests > 0, s_soon, "jobs run", Token);

        await worker.StopAsync(Token);

        var asked = _emulator.Statistics.Requests;
        Assert.AreEqual((long)asked, await ScalarAsync("SELECT count(*) FROM jobs WHERE status = 2 AND attempts = 1"));
        Assert.AreEqual(30L - asked, await ScalarAsync($"SELECT count(*) FROM jobs WHERE status = 0 AND attempts = 0 AND batch_id = '{batch}'"));
    }

    [TestMethod]
    public async Task Stop_JobsDoNotEndInTime_GivesThemBack()
    {
        _emulator.Faults.Set(new Fault { Kind = FaultKind.Hang });
        await using var worker = await StartWorkerAsync(settings: new() { ["JobRunner:DrainTimeout"] = "00:00:00.2" });
        await AcceptAsync(worker, 5);
        await Eventually.TrueAsync(() => _emulator.Statistics.Requests == 5, s_soon, "jobs run", Token);

        await worker.StopAsync(Token);

        Assert.AreEqual(5L, await ScalarAsync("SELECT count(*) FROM jobs WHERE status = 0 AND attempts = 0 AND lease_id IS NULL"));
    }

    [TestMethod]
    public async Task Worker_Lost_AnotherEndsItsJobs()
    {
        _emulator.Faults.Set(new Fault { Kind = FaultKind.Hang, Count = 4 });
        var settings = new Dictionary<string, string?> { ["Jobs:LeaseDuration"] = "00:00:01", ["JobRunner:SweepInterval"] = "00:00:00.2" };

        // A worker that never renews is as good as killed: its leases run out while it hangs.
        await using var lost = await StartWorkerAsync(settings: new(settings) 
        {
            ["JobRunner:RenewInterval"] = "00:10:00", ["JobRunner:DrainTimeout"] = "00:00:00",
        });
        var batch = await AcceptAsync(lost, 4);
        await Eventually.TrueAsync(() => _emulator.Statistics.Requests == 4, s_soon, "the first has them", Token);

        await using var other = await StartWorkerAsync(settings: settings);
        await Eventually.TrueAsync(async () => (await FindAsync(other, batch)).Status == BatchStatus.Completed, s_soon, "the batch ends", Token);

        Assert.AreEqual(4, (await FindAsync(other, batch)).Succeeded);
        Assert.AreEqual(4L, await ScalarAsync("SELECT count(*) FROM jobs WHERE status = 2 AND attempts >= 2"));
    }

    [TestMethod]
    public async Task Lease_TakenAway_StopsTheJob()
    {
        _emulator.Faults.Set(new Fault { Kind = FaultKind.Hang });
        await using var worker = await StartWorkerAsync(settings: new() { ["JobRunner:RenewInterval"] = "00:00:00.1" });
        await AcceptAsync(worker, 1);
        await Eventually.TrueAsync(() => _emulator.Statistics.Requests == 1, s_soon, "the job runs", Token);

        await ScalarAsync("UPDATE jobs SET lease_id = gen_random_uuid(), lease_until = now() + interval '1 hour'");

        await Eventually.TrueAsync(() => worker.Log.Text.Contains("taken by another worker", StringComparison.Ordinal), s_soon, "it gives up", Token);
        Assert.AreEqual(1L, await ScalarAsync("SELECT count(*) FROM jobs WHERE status = 1"));
    }

    [TestMethod]
    public async Task Database_AwayWhileAJobRuns_IsWaitedForAndTheAnswerKept()
    {
        await RestartEmulatorAsync(options => options.FirstTokenLatency = TimeSpan.FromSeconds(1));
        var direct = new NpgsqlConnectionStringBuilder(_database.ConnectionString);
        await using var gate = new TcpGate(direct.Port);
        await using var worker = await StartWorkerAsync(new NpgsqlConnectionStringBuilder(direct.ConnectionString) { Port = gate.Port }.ConnectionString);
        await AcceptAsync(worker, 3);
        await Eventually.TrueAsync(() => _emulator.Statistics.Requests == 3, s_soon, "jobs run", Token);

        gate.Shut();
        await Eventually.TrueAsync(() => worker.Log.Text.Contains("The queue can't be reached", StringComparison.Ordinal), s_soon, "it notices", Token);
        gate.Open();

        await Eventually.TrueAsync(async () => (long)(await ScalarAsync("SELECT count(*) FROM jobs WHERE status = 2"))! == 3, s_soon, "answers are recorded", Token);
        Assert.AreEqual(3, _emulator.Statistics.Requests);
    }

    private Task<CoreReplica> StartWorkerAsync(string? database = null, TestRedis? redis = null, Dictionary<string, string?>? settings = null) =>
        CoreReplica.StartAsync(
            database ?? _database.ConnectionString,
            EmulatedPair.ConnectionStringOf(_emulator),
            Token,
            redis,
            new(settings ?? []) { ["JobRunner:PollInterval"] = settings?.GetValueOrDefault("JobRunner:PollInterval") ?? "00:00:00.1" },
            services => services.AddMigrations().AddJobRunner());

    private async Task RestartEmulatorAsync(Action<ModelEmulatorOptions> configure)
    {
        await _emulator.DisposeAsync();
        _emulator = await EmulatedPair.StartAsync(Token, configure);
    }

    private async Task<Guid> AcceptAsync(CoreReplica replica, int items) => CoreReplica.Value(await replica.Batches.AcceptAsync(
        new BatchRequest([.. Enumerable.Range(0, items).Select(i => new BatchItem($"question {i}"))], BatchPriority.Medium, CoreReplica.Alice), Token)).Id;

    private async Task<BatchView> FindAsync(CoreReplica replica, Guid batch) =>
        CoreReplica.Value(await replica.Batches.FindAsync(batch, CoreReplica.Alice, Token));

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Token);
    }
}
