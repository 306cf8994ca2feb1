using System.Collections.Concurrent;
using Capibara6.Core;
using Capibara6.Core.Identity;
using Capibara6.Core.Jobs;
using Capibara6.Core.Queries;
using Capibara6.Core.Usage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Capibara6.Tests.Core.Jobs;

[TestClass]
public sealed class JobQueueTests
{
    private static readonly Failure s_passing = new(FailureCodes.ModelUnavailable, FailureKind.Unavailable, "not now");
    private static readonly Failure s_lasting = new(FailureCodes.ModelRefused, FailureKind.Invalid, "never");

    private TestDatabase _database = null!;
    private CoreReplica _replica = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    private IBatches Batches => _replica.Batches;

    private IJobQueue Queue => _replica.Queue;

    [TestInitialize]
    public async Task StartAsync()
    {
        _database = await MigratedDatabase.CreateAsync(Token);
        _replica = await CoreReplica.StartAsync(
            _database.ConnectionString, models: null, Token, settings: new() { ["Jobs:MaxAttempts"] = "3", ["Jobs:RetryDelay"] = "00:00:00" });
    }

    [TestCleanup]
    public async Task StopAsync()
    {
        await _replica.DisposeAsync();
        await _database.DisposeAsync();
    }

    [TestMethod]
    public async Task Claim_ManyWorkersAtOnce_GiveEachJobToOne()
    {
        var batch = await AcceptAsync(500);
        var claimed = new ConcurrentBag<Guid>();

        await Parallel.ForEachAsync(Enumerable.Range(0, 12), new ParallelOptions { MaxDegreeOfParallelism = 12, CancellationToken = Token }, async (_, token) =>
        {
            while (await Queue.ClaimAsync(7, token) is { Count: > 0 } jobs)
            {
                foreach (var job in jobs)
                {
                    claimed.Add(job.Id);
                }
            }
        });

        Assert.HasCount(500, claimed);
        Assert.AreEqual(500, claimed.Distinct().Count());
        var view = await FindAsync(batch.Id);
        Assert.AreEqual((BatchStatus.Running, 0, 500), (view.Status, view.Pending, view.Running));
        Assert.IsNotNull(view.StartedAt);
    }

    [TestMethod]
    public async Task Complete_ManyWorkersAtOnce_EndsTheBatchWithCountsThatAddUp()
    {
        var batch = await AcceptAsync(300);
        using var done = new CancellationTokenSource();
        var watching = WatchAsync(batch.Id, done.Token);

        await Parallel.ForEachAsync(Enumerable.Range(0, 8), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, async (_, token) =>
        {
            while (await Queue.ClaimAsync(5, token) is { Count: > 0 } jobs)
            {
                foreach (var job in jobs)
                {
                    Outcome<QueryResult> outcome = job.Request.Query.EndsWith('7') ? s_lasting : Answer(job);
                    Assert.AreEqual(JobCompletion.Recorded, await CompleteAsync(job, outcome, token));
                }
            }
        });

        await done.CancelAsync();
        await watching;
        var view = await FindAsync(batch.Id);
        Assert.AreEqual((BatchStatus.Completed, 270, 30, 0), (view.Status, view.Succeeded, view.Failed, view.Cancelled));
        Assert.IsNotNull(view.FinishedAt);
        Assert.AreEqual(1L, await ScalarAsync($"SELECT count(*) FROM batches WHERE id = '{batch.Id}' AND succeeded = 270 AND failed = 30"));
    }

    [TestMethod]
    public async Task Complete_AfterTheLeaseWentToAnother_WritesNothing()
    {
        await AcceptAsync(1);
        var lost = (await Queue.ClaimAsync(1, Token)).Single();
        await ExpireLeasesAsync();
        Assert.AreEqual(1, (await Queue.SweepAsync(Token)).TakenBack);
        var held = (await Queue.ClaimAsync(1, Token)).Single();
        Assert.AreEqual((lost.Id, 2), (held.Id, held.Attempts));

        Assert.AreEqual(JobCompletion.LeaseLost, await CompleteAsync(lost, Answer(lost, "from the lost"), Token));
        Assert.IsEmpty(await Queue.RenewAsync([lost], Token));
        await Queue.ReleaseAsync([lost], Token);
        Assert.AreEqual(JobCompletion.Recorded, await CompleteAsync(held, Answer(held, "from the holder"), Token));
        Assert.AreEqual(JobCompletion.LeaseLost, await CompleteAsync(held, Answer(held, "twice"), Token));

        var result = (await ResultsAsync(held.BatchId)).Single();
        Assert.AreEqual("from the holder", result.Result!.Result);
        Assert.AreEqual(2, result.Attempts);
    }

    [TestMethod]
    public async Task Complete_OfAGroup_WritesEachOutcomeWithItsUsageOnceAndNothingForLostLeases()
    {
        var batch = await AcceptAsync(4);
        var first = await Queue.ClaimAsync(2, Token);
        await ExpireLeasesAsync();
        await Queue.SweepAsync(Token);
        var held = await Queue.ClaimAsync(4, Token);

        var late = await Queue.CompleteAsync([.. first.Select(job => new JobEnd(job, JobAnswer.Of(Answer(job)), UsageOf(job)))], Token);
        var ends = held.Select(job => new JobEnd(job, job.Request.Query.EndsWith('3') ? s_lasting : JobAnswer.Of(Answer(job)), UsageOf(job))).ToList();
        var completions = await Queue.CompleteAsync(ends, Token);
        var again = await Queue.CompleteAsync(ends, Token);

        Assert.IsTrue(late.Concat(again).All(completion => completion == JobCompletion.LeaseLost));
        Assert.IsTrue(completions.All(completion => completion == JobCompletion.Recorded));
        Assert.AreEqual((3, 1), ((await FindAsync(batch.Id)).Succeeded, (await FindAsync(batch.Id)).Failed));
        Assert.AreEqual(4L, await ScalarAsync("SELECT count(*) FROM usage_records u JOIN jobs j USING (id) WHERE u.is_job AND u.account_id = j.account_id"));
        Assert.AreEqual(1L, await ScalarAsync($"SELECT count(*) FROM usage_records WHERE outcome = '{FailureCodes.ModelRefused}'"));
    }

    [TestMethod]
    public async Task Sweep_LeaseRenewed_LeavesTheJob()
    {
        await AcceptAsync(1);
        var job = (await Queue.ClaimAsync(1, Token)).Single();
        await ExpireLeasesAsync();
        Assert.Contains(job.Id, await Queue.RenewAsync([job], Token));
        Assert.AreEqual(0, (await Queue.SweepAsync(Token)).TakenBack);
        Assert.AreEqual(JobCompletion.Recorded, await CompleteAsync(job, Answer(job), Token));
    }

    [TestMethod]
    public async Task Sweep_WorkersKeepGettingLost_EndsTheJobAsAbandoned()
    {
        var batch = await AcceptAsync(1);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            Assert.AreEqual(attempt, (await Queue.ClaimAsync(1, Token)).Single().Attempts);
            await ExpireLeasesAsync();
            await Queue.SweepAsync(Token);
        }

        Assert.IsEmpty(await Queue.ClaimAsync(1, Token));
        Assert.AreEqual(FailureCodes.JobAbandoned, (await ResultsAsync(batch.Id)).Single().Error!.Code);
        Assert.AreEqual(1L, await ScalarAsync($"SELECT count(*) FROM usage_records WHERE outcome = '{FailureCodes.JobAbandoned}' AND is_job"));
        Assert.AreEqual((BatchStatus.Completed, 1), ((await FindAsync(batch.Id)).Status, (await FindAsync(batch.Id)).Failed));
    }

    [TestMethod]
    public async Task Complete_PassingFailure_TriesAgainUntilAttemptsAreUsedUp()
    {
        var batch = await AcceptAsync(1);
        for (var attempt = 1; attempt < 3; attempt++)
        {
            var job = (await Queue.ClaimAsync(1, Token)).Single();
            Assert.AreEqual(JobCompletion.PutBack, await CompleteAsync(job, s_passing, Token));
        }

        var last = (await Queue.ClaimAsync(1, Token)).Single();
        Assert.AreEqual(JobCompletion.Recorded, await CompleteAsync(last, s_passing, Token));
        var result = (await ResultsAsync(batch.Id)).Single();
        Assert.AreEqual((FailureCodes.ModelUnavailable, FailureKind.Unavailable, "not now", 3), (result.Error!.Code, result.Error.Kind, result.Error.Message, result.Attempts));
    }

    [TestMethod]
    public async Task Complete_PassingFailureThatNamesATime_WaitsThatLong()
    {
        await AcceptAsync(1);
        var job = (await Queue.ClaimAsync(1, Token)).Single();
        Assert.AreEqual(JobCompletion.PutBack, await CompleteAsync(job, s_passing with { RetryAfter = TimeSpan.FromMinutes(5) }, Token));
        Assert.IsEmpty(await Queue.ClaimAsync(1, Token));
        Assert.AreEqual(1L, await ScalarAsync("SELECT count(*) FROM jobs WHERE available_at BETWEEN now() + interval '4 minutes' AND now() + interval '6 minutes'"));
    }

    [TestMethod]
    public async Task Release_HeldJobs_ComeBackAsIfNotBegun()
    {
        await AcceptAsync(3);
        var jobs = await Queue.ClaimAsync(3, Token);
        await Queue.ReleaseAsync(jobs, Token);
        var again = await Queue.ClaimAsync(3, Token);
        Assert.HasCount(3, again);
        Assert.IsTrue(again.All(job => job.Attempts == 1));
    }

    [TestMethod]
    public async Task Claim_Order_IsPriorityThenRoundTheAccounts()
    {
        await AcceptAsync(6, BatchPriority.Medium, CoreReplica.Alice);
        await AcceptAsync(3, BatchPriority.Medium, CoreReplica.Bob);
        await AcceptAsync(1, BatchPriority.Low, CoreReplica.Bob);
        await AcceptAsync(1, BatchPriority.High, CoreReplica.Alice);

        var order = new List<string>();
        while (await Queue.ClaimAsync(1, Token) is [var job])
        {
            order.Add(job.Request.Caller.Name);
        }

        CollectionAssert.AreEqual(
            (string[])["alice", "alice", "bob", "alice", "bob", "alice", "bob", "alice", "alice", "alice", "bob"], order);
    }

    [TestMethod]
    public async Task Cancel_RunningBatch_EndsWhatHasNotBegunAndKeepsWhatHas()
    {
        var batch = await AcceptAsync(5);
        var running = await Queue.ClaimAsync(2, Token);

        var cancelled = CoreReplica.Value(await Batches.CancelAsync(batch.Id, CoreReplica.Alice, Token));
        Assert.AreEqual((BatchStatus.Running, 2, 3), (cancelled.Status, cancelled.Running, cancelled.Cancelled));
        Assert.IsEmpty(await Queue.ClaimAsync(10, Token));

        // One ends, the other may not be put back any more.
        Assert.AreEqual(JobCompletion.Recorded, await CompleteAsync(running[0], Answer(running[0]), Token));
        Assert.AreEqual(JobCompletion.Recorded, await CompleteAsync(running[1], s_passing, Token));

        var view = await FindAsync(batch.Id);
        Assert.AreEqual((BatchStatus.Cancelled, 1, 4), (view.Status, view.Succeeded, view.Cancelled));
        Assert.IsNotNull(view.FinishedAt);
        Assert.AreEqual(4, (await ResultsAsync(batch.Id)).Count(result => result.Error?.Code == FailureCodes.JobCancelled));
        Assert.AreEqual(FailureCodes.BatchFinished, CoreReplica.Failure(await Batches.CancelAsync(batch.Id, CoreReplica.Alice, Token)).Code);
    }

    [TestMethod]
    public async Task Deadline_Passed_EndsWhatHasNotBegunAndKeepsWhatIsAnswered()
    {
        var batch = CoreReplica.Value(await Batches.AcceptAsync(
            new BatchRequest([.. Enumerable.Range(0, 5).Select(i => new BatchItem($"{i}"))], BatchPriority.Low, CoreReplica.Alice)
            {
                Deadline = TimeProvider.System.GetUtcNow().AddHours(1),
            },
            Token));
        var begun = await Queue.ClaimAsync(2, Token);
        Assert.AreEqual(JobCompletion.Recorded, await CompleteAsync(begun[0], Answer(begun[0]), Token));
        await ScalarAsync("UPDATE batches SET deadline_at = now() - interval '1 second'");
        await Queue.SweepAsync(Token);

        Assert.IsEmpty(await Queue.ClaimAsync(5, Token));
        Assert.AreEqual(JobCompletion.Recorded, await CompleteAsync(begun[1], Answer(begun[1]), Token));
        Assert.AreEqual((BatchStatus.Completed, 2, 3), ((await FindAsync(batch.Id)).Status, (await FindAsync(batch.Id)).Succeeded, (await FindAsync(batch.Id)).Failed));
        Assert.AreEqual(3, (await ResultsAsync(batch.Id)).Count(result => result.Error?.Code == FailureCodes.BatchExpired));
        Assert.AreEqual(3L, await ScalarAsync($"SELECT count(*) FROM usage_records WHERE outcome = '{FailureCodes.BatchExpired}'"));
    }

    [TestMethod]
    public async Task Claim_ItemWithSettings_IsWhatWasAsked()
    {
        BatchItem item = new("a") { MaxTokens = 7, Temperature = 0.5f, UseCache = false };
        CoreReplica.Value(await Batches.AcceptAsync(new BatchRequest([item, new BatchItem("b")], BatchPriority.Low, CoreReplica.Alice), Token));
        var jobs = (await Queue.ClaimAsync(2, Token)).OrderBy(job => job.Request.Query, StringComparer.Ordinal).Select(job => job.Request).ToList();
        Assert.AreEqual((7, 0.5f, false), (jobs[0].MaxTokens, jobs[0].Temperature, jobs[0].UseCache));
        Assert.AreEqual((null, null, true), (jobs[1].MaxTokens, jobs[1].Temperature, jobs[1].UseCache));
    }

    [TestMethod]
    public async Task Retention_Over_RemovesTheBatchWithItsJobs()
    {
        var ended = await AcceptAsync(3);
        await AcceptAsync(2);
        CoreReplica.Value(await Batches.CancelAsync(ended.Id, CoreReplica.Alice, Token));
        var retention = _replica.Services.GetRequiredService<IBatchRetention>();
        Assert.AreEqual(0, await retention.CleanAsync(Token));
        await ScalarAsync("UPDATE batches SET finished_at = now() - interval '31 days' WHERE finished_at IS NOT NULL");
        Assert.AreEqual(1, await retention.CleanAsync(Token));
        Assert.AreEqual(2L, await ScalarAsync("SELECT count(*) FROM jobs"));
    }

    [TestMethod]
    public async Task Cancel_AgainstWorkers_LeavesNothingBehind()
    {
        for (var round = 0; round < 10; round++)
        {
            var batch = await AcceptAsync(40);
            var working = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(WorkAsync, Token)));
            CoreReplica.Value(await Batches.CancelAsync(batch.Id, CoreReplica.Alice, Token));
            await working;
            var view = await FindAsync(batch.Id);
            Assert.AreEqual(40, view.Succeeded + view.Cancelled);
            Assert.AreEqual((0, 0, BatchStatus.Cancelled), (view.Pending, view.Running, view.Status));
        }

        async Task WorkAsync()
        {
            while (await Queue.ClaimAsync(3, Token) is { Count: > 0 } jobs)
            {
                await Queue.ReleaseAsync([jobs[0]], Token);
                foreach (var job in jobs.Skip(1))
                {
                    await CompleteAsync(job, job.Attempts < 2 ? s_passing : Answer(job), Token);
                }
            }
        }
    }

    private async Task<JobCompletion> CompleteAsync(ClaimedJob job, Outcome<QueryResult> outcome, CancellationToken cancellationToken) =>
        (await Queue.CompleteAsync([new JobEnd(job, JobAnswer.Of(outcome), UsageOf(job))], cancellationToken)).Single();

    private async Task<BatchView> AcceptAsync(int items, BatchPriority priority = BatchPriority.Medium, Caller? caller = null) =>
        CoreReplica.Value(await Batches.AcceptAsync(
            new BatchRequest([.. Enumerable.Range(0, items).Select(i => new BatchItem($"question {i}"))], priority, caller ?? CoreReplica.Alice), Token));

    private async Task<BatchView> FindAsync(Guid id) => CoreReplica.Value(await Batches.FindAsync(id, CoreReplica.Alice, Token));

    private async Task<List<BatchItemResult>> ResultsAsync(Guid id)
    {
        var results = new List<BatchItemResult>();
        await foreach (var result in CoreReplica.Value(await Batches.ReadResultsAsync(id, CoreReplica.Alice, Token)))
        {
            results.Add(result);
        }

        return results;
    }

    private async Task WatchAsync(Guid id, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            var view = await FindAsync(id);
            Assert.AreEqual(view.Total, view.Pending + view.Running + view.Succeeded + view.Failed + view.Cancelled);
        }
    }

    private async Task ExpireLeasesAsync() => await ScalarAsync("UPDATE jobs SET lease_until = now() - interval '1 second' WHERE status = 1");

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Token);
    }

    private static QueryResult Answer(ClaimedJob job, string text = "an answer") => new()
    {
        Id = job.Id,
        Query = job.Request.Query,
        Result = text,
        ModelUsed = EmulatedPair.Small,
        Routing = new RoutingResult
        {
            Model20bConfidence = 0.9, Model120bConfidence = 0.9, SelectedModel = EmulatedPair.Small, Reasoning = "", Complexity = 0.1, Domain = "general",
        },
        Ace = new AceResult { EnhancedContext = "", AwarenessScore = 0 },
        Cached = false,
        Usage = new QueryUsage { PromptTokens = 1, CompletionTokens = 1, CostUsd = 0.000001m },
        ProcessingTimeMs = 1,
        Timestamp = DateTimeOffset.UnixEpoch,
    };

    private static UsageRecord UsageOf(ClaimedJob job) => new()
    {
        Id = job.BatchId, AccountId = job.Request.Caller.AccountId, Outcome = UsageRecord.Answered, PromptTokens = 1, CompletionTokens = 1,
        DurationMs = 1, EndedAt = DateTimeOffset.UnixEpoch,
    };
}
