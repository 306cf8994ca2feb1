using Capibara6.Core.Identity;
using Capibara6.Core.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Tests.Core.Jobs;

/// <summary>News of batches between replicas, through Redis and without it.</summary>
[TestClass]
public sealed class BatchNewsTests
{
    // As good as never: who waits this long has heard nothing.
    private static readonly TimeSpan s_never = TimeSpan.FromMinutes(5);

    private TestDatabase _database = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestInitialize]
    public async Task StartAsync() => _database = await MigratedDatabase.CreateAsync(Token);

    [TestCleanup]
    public async Task StopAsync() => await _database.DisposeAsync();

    [TestMethod]
    public async Task Watcher_OnAnotherReplica_HearsOfEachStepThroughRedis()
    {
        var redis = await TestRedis.GetAsync(Token);
        await using var worker = await CoreReplica.StartAsync(_database.ConnectionString, models: null, Token, redis: redis);
        await using var watching = await CoreReplica.StartAsync(_database.ConnectionString, models: null, Token, redis: redis);
        var batch = await AcceptAsync(worker);
        using var watch = watching.Services.GetRequiredService<IBatchNews>().Watch(batch);
        await HeardAsync(watch, () => worker.Services.GetRequiredService<IBatchNews>().TellAsync([batch], Token));

        var claimed = watch.WaitAsync(s_never, Token);
        await worker.Queue.ClaimAsync(1, Token);
        await claimed;
        var cancelled = watch.WaitAsync(s_never, Token);
        await worker.Batches.CancelAsync(batch, Caller.System, Token);
        await cancelled;
    }

    [TestMethod]
    public async Task Watcher_OfAnotherBatch_HearsNothing()
    {
        await using var replica = await CoreReplica.StartAsync(_database.ConnectionString, models: null, Token);
        var news = replica.Services.GetRequiredService<IBatchNews>();
        using var other = news.Watch(Guid.CreateVersion7());
        using var watch = news.Watch(await AcceptAsync(replica));

        await replica.Queue.ClaimAsync(1, Token);

        await watch.WaitAsync(s_never, Token);
        using var soon = new CancellationTokenSource(TimeSpan.Zero);
        await Assert.ThrowsExactlyAsync<TaskCanceledException>(() => other.WaitAsync(s_never, soon.Token));
    }

    private async Task<Guid> AcceptAsync(CoreReplica replica) =>
        CoreReplica.Value(await replica.Batches.AcceptAsync(new BatchRequest([new BatchItem("one")], BatchPriority.Medium, Caller.System), Token)).Id;

    // The subscription comes to Redis some time after it was asked for.
    private async Task HeardAsync(IBatchWatch watch, Func<Task> tellAsync)
    {
        var heard = watch.WaitAsync(s_never, Token);
        while (!heard.IsCompleted)
        {
            await tellAsync();
            await Task.WhenAny(heard, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Token));
        }

        await heard;
    }
}
