using Capibara6.Core;
using Capibara6.Core.Identity;
using Capibara6.Core.Jobs;
using Npgsql;

namespace Capibara6.Tests.Core.Jobs;

[TestClass]
public sealed class BatchesTests
{
    private static readonly Caller s_admin = new(new Guid("0190a000-0000-7000-8000-00000000000c"), "root", new HashSet<string> { "admin" });

    private TestDatabase _database = null!;
    private CoreReplica _replica = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestInitialize]
    public async Task StartAsync()
    {
        _database = await MigratedDatabase.CreateAsync(Token);
        _replica = await CoreReplica.StartAsync(_database.ConnectionString, models: null, Token);
    }

    [TestCleanup]
    public async Task StopAsync()
    {
        await _replica.DisposeAsync();
        await _database.DisposeAsync();
    }

    [TestMethod]
    public async Task Accept_LargestBatch_StoresAllItemsAsTheyAre()
    {
        var started = TimeProvider.System.GetTimestamp();
        var items = Enumerable.Range(0, 10_000).Select(i => new BatchItem($"question {i} \U0001F9AB")
        {
            CustomId = $"id-{i}",
            Context = i % 2 == 0 ? new Dictionary<string, string> { ["näme \"quoted\""] = "välue\n\\" } : new Dictionary<string, string>(),
            Model = i % 3 == 0 ? EmulatedPair.Large : "auto",
        }).ToList();

        var view = CoreReplica.Value(await _replica.Batches.AcceptAsync(new BatchRequest(items, BatchPriority.High, CoreReplica.Alice), Token));

        Assert.IsLessThan(TimeSpan.FromSeconds(10), TimeProvider.System.GetElapsedTime(started));
        Assert.AreEqual((BatchStatus.Queued, BatchPriority.High, 10_000, 10_000), (view.Status, view.Priority, view.Total, view.Pending));
        Assert.AreEqual(7, view.Id.Version);
        var job = (await _replica.Queue.ClaimAsync(1, Token)).Single();
        Assert.AreEqual("question 0 \U0001F9AB", job.Request.Query);
        Assert.AreEqual(EmulatedPair.Large, job.Request.Model);
        Assert.AreEqual("välue\n\\", job.Request.Context["näme \"quoted\""]);
        Assert.AreEqual((CoreReplica.Alice.AccountId, "alice"), (job.Request.Caller.AccountId, job.Request.Caller.Name));
    }

    [TestMethod]
    public async Task Accept_OneBadItem_StoresNothingAndNamesIt()
    {
        var failure = CoreReplica.Failure(await AcceptAsync([new BatchItem("good"), new BatchItem("bad\0")]));
        Assert.AreEqual((FailureCodes.QueryInvalidText, "queries[1].query"), (failure.Code, failure.Field));
        Assert.AreEqual(0L, await ScalarAsync("SELECT (SELECT count(*) FROM batches) + (SELECT count(*) FROM jobs)"));
    }

    [TestMethod]
    public async Task Accept_FailsHalfWay_StoresNothing()
    {
        await ScalarAsync("ALTER TABLE jobs ADD CONSTRAINT no_bombs CHECK (query <> 'bomb')");
        await Assert.ThrowsAsync<PostgresException>(() => AcceptAsync([new BatchItem("good"), new BatchItem("bomb")]));
        Assert.AreEqual(0L, await ScalarAsync("SELECT (SELECT count(*) FROM batches) + (SELECT count(*) FROM jobs)"));
    }

    [TestMethod]
    public async Task Accept_WrongSizesAndIds_FailWithTheirCode()
    {
        Assert.AreEqual(FailureCodes.BatchEmpty, CoreReplica.Failure(await AcceptAsync([])).Code);
        Assert.AreEqual(FailureCodes.BatchTooLarge, CoreReplica.Failure(await AcceptAsync([.. Enumerable.Repeat(new BatchItem("q"), 10_001)])).Code);
        Assert.AreEqual("queries[1].custom_id", CoreReplica.Failure(await AcceptAsync([new("a") { CustomId = "x" }, new("b") { CustomId = "x" }])).Field);
        Assert.AreEqual(FailureCodes.ModelNotFound, CoreReplica.Failure(await AcceptAsync([new("a") { Model = "none" }])).Code);
    }

    [TestMethod]
    public async Task Find_Strangers_SeeNothingAndAdminsAll()
    {
        var batch = CoreReplica.Value(await AcceptAsync([new BatchItem("a")]));

        Assert.AreEqual(FailureCodes.BatchNotFound, CoreReplica.Failure(await _replica.Batches.FindAsync(batch.Id, CoreReplica.Bob, Token)).Code);
        Assert.AreEqual(FailureCodes.BatchNotFound, CoreReplica.Failure(await _replica.Batches.CancelAsync(batch.Id, CoreReplica.Bob, Token)).Code);
        Assert.AreEqual(FailureCodes.BatchNotFound, CoreReplica.Failure(await _replica.Batches.ReadResultsAsync(batch.Id, CoreReplica.Bob, Token)).Code);
        Assert.IsEmpty(CoreReplica.Value(await _replica.Batches.ListAsync(CoreReplica.Bob, null, 10, Token)));
        Assert.AreEqual(batch.Id, CoreReplica.Value(await _replica.Batches.FindAsync(batch.Id, s_admin, Token)).Id);
        Assert.AreEqual(BatchStatus.Queued, CoreReplica.Value(await _replica.Batches.FindAsync(batch.Id, CoreReplica.Alice, Token)).Status);
    }

    [TestMethod]
    public async Task List_Pages_GoFromNewestToOldest()
    {
        var made = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            made.Add(CoreReplica.Value(await AcceptAsync([new BatchItem("a")])).Id);
        }

        var first = CoreReplica.Value(await _replica.Batches.ListAsync(CoreReplica.Alice, null, 3, Token));
        var second = CoreReplica.Value(await _replica.Batches.ListAsync(CoreReplica.Alice, first[^1].Id, 3, Token));
        CollectionAssert.AreEquivalent(made, first.Concat(second).Select(batch => batch.Id).ToList());
        Assert.IsTrue(first[0].CreatedAt >= second[^1].CreatedAt);
        Assert.AreEqual(FailureCodes.InvalidRequest, CoreReplica.Failure(await _replica.Batches.ListAsync(CoreReplica.Alice, null, 101, Token)).Code);
    }

    [TestMethod]
    public async Task All_DatabaseAway_FailClearly()
    {
        var direct = new NpgsqlConnectionStringBuilder(_database.ConnectionString);
        await using var gate = new TcpGate(direct.Port);
        await using var replica = await CoreReplica.StartAsync(
            new NpgsqlConnectionStringBuilder(direct.ConnectionString) { Port = gate.Port }.ConnectionString, models: null, Token);
        CoreReplica.Value(await replica.Batches.ListAsync(CoreReplica.Alice, null, 1, Token));

        gate.Shut();
        var batches = replica.Batches;
        Assert.AreEqual(FailureCodes.DatabaseUnavailable, CoreReplica.Failure(await batches.FindAsync(Guid.Empty, CoreReplica.Alice, Token)).Code);
        var request = new BatchRequest([new BatchItem("a")], BatchPriority.Low, CoreReplica.Alice);
        Assert.AreEqual(FailureCodes.DatabaseUnavailable, CoreReplica.Failure(await batches.AcceptAsync(request, Token)).Code);

        gate.Open();
        await Eventually.TrueAsync(
            async () => await batches.AcceptAsync(request, Token) is Outcome<BatchView>.Success, TimeSpan.FromSeconds(10), "batches are accepted again", Token);
    }

    private Task<Outcome<BatchView>> AcceptAsync(List<BatchItem> items) =>
        _replica.Batches.AcceptAsync(new BatchRequest(items, BatchPriority.Medium, CoreReplica.Alice), Token);

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Token);
    }

    [TestMethod]
    public async Task Accept_SameKeyAgain_GivesTheSameBatchAndOtherRequestsNone()
    {
        var request = new BatchRequest([new BatchItem("a"), new BatchItem("b")], BatchPriority.Low, CoreReplica.Alice) { IdempotencyKey = "k", RequestHash = [1, 2] };
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _replica.Batches.AcceptAsync(request, Token), Token)));

        Assert.HasCount(1, made.Select(outcome => CoreReplica.Value(outcome).Id).Distinct().ToList());
        Assert.HasCount(1, CoreReplica.Value(await _replica.Batches.ListAsync(CoreReplica.Alice, null, 100, Token)));
        Assert.AreEqual(FailureCodes.Conflict, CoreReplica.Failure(await _replica.Batches.AcceptAsync(request with { RequestHash = [3] }, Token)).Code);
        Assert.AreNotEqual(
            CoreReplica.Value(made[0]).Id, CoreReplica.Value(await _replica.Batches.AcceptAsync(request with { Caller = CoreReplica.Bob }, Token)).Id, "keys are an account's own");
    }

    [TestMethod]
    public async Task Accept_DeadlineGoneBy_IsRefused() => Assert.AreEqual("deadline", CoreReplica.Failure(await _replica.Batches.AcceptAsync(
        new BatchRequest([new BatchItem("a")], BatchPriority.Low, CoreReplica.Alice) { Deadline = DateTimeOffset.UnixEpoch }, Token)).Field);

    [TestMethod]
    public async Task ReadResults_Page_GoesOnAfterTheLast()
    {
        var batch = CoreReplica.Value(await _replica.Batches.AcceptAsync(
            new BatchRequest([.. Enumerable.Range(0, 250).Select(i => new BatchItem($"{i}"))], BatchPriority.Low, CoreReplica.Alice), Token));
        CoreReplica.Value(await _replica.Batches.CancelAsync(batch.Id, CoreReplica.Alice, Token));

        var read = new List<int>();
        foreach (var (after, limit) in new (int, int?)[] { (-1, 120), (119, 10), (129, null) })
        {
            await foreach (var result in CoreReplica.Value(await _replica.Batches.ReadResultsAsync(batch.Id, CoreReplica.Alice, Token, after, limit)))
            {
                read.Add(result.Index);
            }
        }

        CollectionAssert.AreEqual(Enumerable.Range(0, 250).ToList(), read);
    }
}
