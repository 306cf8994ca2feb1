using Capibara6.Core;
using Capibara6.Core.Identity;
using Capibara6.Core.Measurements;
using Capibara6.Core.Usage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Capibara6.Tests.Core.Measurements;

/// <summary>What must hold of measurements, whichever sort of database they are in.</summary>
public abstract class MeasurementSuite
{
    private static readonly DateTimeOffset s_end = TimeProvider.System.GetUtcNow();
    private static readonly Guid s_key = Guid.Parse("0190a000-0000-7000-8000-0000000000ee");

    private TestDatabase _main = null!;
    private CoreReplica _replica = null!;

    public required TestContext TestContext { get; init; }

    protected CancellationToken Token => TestContext.CancellationToken;

    protected NpgsqlDataSource Database => _replica.Services.GetRequiredService<MeasurementStore>().DataSource;

    private IMeasurementKeeper Keeper => _replica.Services.GetRequiredService<IMeasurementKeeper>();

    [TestInitialize]
    public async Task StartAsync()
    {
        _main = await MigratedDatabase.CreateAsync(Token);
        _replica = await CoreReplica.StartAsync(
            _main.ConnectionString, models: null, Token, settings: new() { ["ConnectionStrings:metrics"] = await StartDatabaseAsync() });
    }

    [TestCleanup]
    public async Task StopAsync()
    {
        await _replica.DisposeAsync();
        await StopDatabaseAsync();
        await _main.DisposeAsync();
    }

    [TestMethod]
    public async Task Report_OfManyRecords_SaysWhatCountingThemSays()
    {
        var records = NewRecords(2_000, TimeSpan.FromDays(3), seed: 1);
        await WriteAsync(records);
        await FeedAsync(2_000);
        Assert.AreEqual(0, await Keeper.FeedAsync(Token));

        // The same again, as after a position that was lost: nothing is counted twice.
        await ExecuteAsync("UPDATE feed_positions SET xid = '0'");
        await FeedAsync(2_000);

        await CheckAsync(records, MeasurementBucket.Hour, new MeasurementRequest(s_end.AddDays(-4), s_end.AddDays(1), MeasurementBucket.Hour), Admin);
        await CheckAsync(records, MeasurementBucket.Day, new MeasurementRequest(s_end.AddDays(-4), s_end.AddDays(1), MeasurementBucket.Day) { GroupBy = MeasurementGrouping.Model }, Admin);
        await CheckAsync(
            records.Where(record => record.AccountId == CoreReplica.Alice.AccountId), MeasurementBucket.Day,
            new MeasurementRequest(s_end.AddDays(-4), s_end.AddDays(1), MeasurementBucket.Day) { AccountId = CoreReplica.Bob.AccountId }, CoreReplica.Alice);
        await CheckAsync(
            records.Where(record => record.ApiKeyId == s_key && record.Model == EmulatedPair.Large), MeasurementBucket.Hour,
            new MeasurementRequest(s_end.AddDays(-4), s_end.AddDays(1), MeasurementBucket.Hour) { ApiKeyId = s_key, Model = EmulatedPair.Large }, Admin);
        var lastHours = records.Where(record => record.EndedAt >= Minute(s_end).AddHours(-6)).ToList();
        await CheckAsync(lastHours, MeasurementBucket.Minute, new MeasurementRequest(Minute(s_end).AddHours(-6), s_end.AddMinutes(1), MeasurementBucket.Minute), Admin);
    }

    [TestMethod]
    public async Task Records_LateAndOutOfOrder_Count()
    {
        var early = NewRecords(60, TimeSpan.FromHours(2), seed: 2);
        await WriteAsync(early);
        await FeedAsync(60);
        await RefreshAsync(daysAgo: 0);

        var late = NewRecords(30, TimeSpan.FromHours(2), seed: 3).Select(record => record with { EndedAt = record.EndedAt.AddDays(-20) }).Reverse().ToList();
        await WriteAsync(late);
        await FeedAsync(30);
        await RefreshAsync(daysAgo: 20);

        await CheckAsync(early.Concat(late), MeasurementBucket.Day, new MeasurementRequest(s_end.AddDays(-30), s_end.AddDays(1), MeasurementBucket.Day), Admin);
    }

    [TestMethod]
    public async Task Feed_TransactionUnderWay_LosesNothingOfIt()
    {
        await using var slow = new NpgsqlConnection(_main.ConnectionString);
        await slow.OpenAsync(Token);
        await using var transaction = await slow.BeginTransactionAsync(Token);
        await using (var command = new NpgsqlCommand(
            $"INSERT INTO usage_records (id, account_id, is_job, outcome, cached, prompt_tokens, completion_tokens, cost_usd, duration_ms, ended_at) VALUES (gen_random_uuid(), '{CoreReplica.Alice.AccountId}', true, 'answered', false, 1, 1, 0, 5, now())", slow))
        {
            await command.ExecuteNonQueryAsync(Token);
        }

        await WriteAsync(NewRecords(10, TimeSpan.FromHours(1), seed: 4));
        var before = await Keeper.FeedAsync(Token);
        await transaction.CommitAsync(Token);
        await FeedAsync(11 - before);

        var report = CoreReplica.Value(await _replica.Services.GetRequiredService<IMeasurements>().ReadAsync(
            new MeasurementRequest(s_end.AddDays(-1), s_end.AddDays(1), MeasurementBucket.Hour), Admin, Token));
        Assert.AreEqual(11, report.Summary.Requests);
    }

    /// <summary>Other tests' transactions on the same server hold the feed back for as long as they last.</summary>
    private async Task FeedAsync(int count)
    {
        var copied = 0;
        await Eventually.TrueAsync(async () => (copied += await Keeper.FeedAsync(Token)) == count, TimeSpan.FromSeconds(60), $"{count} records are copied", Token);
    }

    protected Task MigrateAsync() => Keeper.MigrateAsync(Token);

    protected Task CleanAsync() => Keeper.CleanAsync(Token);

    protected abstract Task<string> StartDatabaseAsync();

    protected abstract Task StopDatabaseAsync();

    /// <summary>Does what the database does by itself from time to time.</summary>
    protected abstract Task RefreshAsync(int daysAgo);

    protected async Task<List<T>> ReadAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Token);
        var values = new List<T>();
        while (await reader.ReadAsync(Token))
        {
            values.Add(reader.GetFieldValue<T>(0));
        }

        return values;
    }

    protected async Task ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Token);
    }

    private static Caller Admin { get; } = new(Guid.Parse("0190a000-0000-7000-8000-0000000000ad"), "admin", Roles.PermissionsOf([Roles.Admin]));

    private async Task CheckAsync(IEnumerable<UsageRecord> records, MeasurementBucket bucket, MeasurementRequest request, Caller caller)
    {
        var report = CoreReplica.Value(await _replica.Services.GetRequiredService<IMeasurements>().ReadAsync(request, caller, Token));
        var all = records.ToList();
        Compare(all, report.Summary);
        var width = Capibara6.Core.Measurements.Measurements.WidthOf(bucket).Ticks;
        var buckets = all.GroupBy(record => record.EndedAt.UtcTicks / width * width).OrderBy(group => group.Key).ToList();
        CollectionAssert.AreEqual(buckets.Select(group => group.Key).ToList(), report.Series.Select(point => point.Start.UtcTicks).ToList());
        foreach (var (expected, actual) in buckets.Zip(report.Series))
        {
            Compare([.. expected], actual.Totals);
        }

        foreach (var group in report.Groups)
        {
            Compare([.. all.Where(record => (record.Model ?? "") == group.Name)], group.Totals);
        }
    }

    private static void Compare(List<UsageRecord> expected, MeasurementTotals actual)
    {
        Assert.AreEqual(expected.Count, actual.Requests);
        Assert.AreEqual(expected.Count(record => record.Outcome != UsageRecord.Answered), actual.Errors);
        Assert.AreEqual(expected.Count(record => record.Cached), actual.Cached);
        Assert.AreEqual(expected.Sum(record => (long)record.PromptTokens), actual.PromptTokens);
        Assert.AreEqual(expected.Sum(record => (long)record.CompletionTokens), actual.CompletionTokens);
        Assert.AreEqual(expected.Sum(record => record.CostUsd), actual.CostUsd);
        double[] latencies = [.. expected.Where(record => record.Outcome == UsageRecord.Answered).Select(record => record.DurationMs).Order()];
        Near(latencies, 0.50, actual.P50Ms);
        Near(latencies, 0.95, actual.P95Ms);
        Near(latencies, 0.99, actual.P99Ms);
    }

    private static void Near(double[] sorted, double share, double? actual)
    {
        if (sorted.Length == 0)
        {
            Assert.IsNull(actual);
            return;
        }

        var exact = sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
        Assert.AreEqual(exact, actual!.Value, exact * 0.02);
    }

    private static DateTimeOffset Minute(DateTimeOffset moment) => new(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);

    private async Task WriteAsync(List<UsageRecord> records)
    {
        await using var main = NpgsqlDataSource.Create(_main.ConnectionString);
        foreach (var lot in records.Chunk(700))
        {
            await UsageStatement.InsertAsync(main, lot, Token);
        }
    }

    /// <summary>Latencies over four powers of ten, a few failures, a few answers from the cache, two accounts, two models.</summary>
    private static List<UsageRecord> NewRecords(int count, TimeSpan stretch, int seed)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, count).Select(_ =>
            {
                var failed = random.Next(10) == 0;
                return new UsageRecord
                {
                    Id = Guid.CreateVersion7(s_end),
                    AccountId = random.Next(3) == 0 ? CoreReplica.Bob.AccountId : CoreReplica.Alice.AccountId,
                    ApiKeyId = random.Next(2) == 0 ? s_key : null,
                    IsJob = random.Next(4) == 0,
                    Outcome = failed ? FailureCodes.ModelTimeout : UsageRecord.Answered,
                    Model = failed ? null : random.Next(3) == 0 ? EmulatedPair.Large : EmulatedPair.Small,
                    Cached = !failed && random.Next(5) == 0,
                    PromptTokens = random.Next(500),
                    CompletionTokens = random.Next(2_000),
                    CostUsd = random.Next(1_000) / 1_000_000m,
                    DurationMs = Math.Round(Math.Exp(1 + (random.NextDouble() * 9)), 3),
                    EndedAt = s_end - (stretch * random.NextDouble()),
                };
            }),
        ];
    }
}

/// <summary>On PostgreSQL's own partitions, with roll-ups by the worker.</summary>
[TestClass]
public sealed class NativeMeasurementTests : MeasurementSuite
{
    private TestDatabase _database = null!;

    [TestMethod]
    public async Task Clean_PartitionsPastTheirRetention_AreDropped()
    {
        await Records_LateAndOutOfOrder_Count();
        await ExecuteAsync("CREATE TABLE query_events_20200106 PARTITION OF query_events FOR VALUES FROM ('2020-01-06Z') TO ('2020-01-13Z')");
        var before = (await ReadAsync<string>("SELECT relid::text FROM pg_partition_tree('query_events') WHERE isleaf")).Count;

        await CleanAsync();

        var left = await ReadAsync<string>("SELECT relid::text FROM pg_partition_tree('query_events') WHERE isleaf");
        Assert.HasCount(before - 1, left);
        Assert.DoesNotContain("query_events_20200106", left);
    }

    protected override async Task<string> StartDatabaseAsync()
    {
        _database = await TestDatabases.CreateAsync(Token);
        return _database.ConnectionString;
    }

    protected override async Task StopDatabaseAsync() => await _database.DisposeAsync();

    protected override Task RefreshAsync(int daysAgo) => Task.CompletedTask;
}

/// <summary>On the real extension.</summary>
[TestClass]
[TestCategory("Slow")]
public sealed class TimescaleMeasurementTests : MeasurementSuite
{
    private TimescaleServer _server = null!;

    [TestMethod]
    public async Task Schema_OnTheExtension_HasItsPolicies()
    {
        await MigrateAsync();
        var policies = await ReadAsync<string>("SELECT proc_name::text FROM timescaledb_information.jobs ORDER BY 1");
        Assert.AreEqual(9, policies.Count(policy => policy == "policy_refresh_continuous_aggregate"));
        Assert.Contains("policy_retention", policies);
        Assert.Contains("policy_compression", policies);
    }

    protected override async Task<string> StartDatabaseAsync()
    {
        _server = await TimescaleServer.StartAsync(Token);
        return _server.ConnectionString;
    }

    protected override async Task StopDatabaseAsync() => await _server.DisposeAsync();

    // The policies' own jobs do the same for all days and views, and take minutes in WebAssembly.
    protected override async Task RefreshAsync(int daysAgo)
    {
        foreach (var view in (string[])["usage_1m", "usage_1h", "usage_1d", "latency_all_1m", "latency_all_1h", "latency_all_1d"])
        {
            await ExecuteAsync($"CALL refresh_continuous_aggregate('{view}', now() - interval '{daysAgo + 2} days', now() - interval '{daysAgo - 1} days')");
        }
    }
}
