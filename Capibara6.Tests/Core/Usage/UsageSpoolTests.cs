using Capibara6.Core.Usage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Capibara6.Tests.Core.Usage;

[TestClass]
public sealed class UsageSpoolTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(20);

    private TestDatabase _database = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestInitialize]
    public async Task StartAsync() => _database = await MigratedDatabase.CreateAsync(Token);

    [TestCleanup]
    public async Task StopAsync() => await _database.DisposeAsync();

    [TestMethod]
    public async Task Kill_AfterAnswersAndBeforeTheirRecordsAreWritten_NextProcessWritesEachOnce()
    {
        await using var emulator = await EmulatedPair.StartAsync(Token);
        using var victim = UsageVictim.Start(_database.ConnectionString, EmulatedPair.ConnectionStringOf(emulator));
        try
        {
            Assert.AreEqual("answered", await victim.StandardOutput.ReadLineAsync(Token));
            Assert.AreEqual(0L, await CountAsync("true"));
        }
        finally
        {
            victim.Kill();
            await victim.WaitForExitAsync(Token);
        }

        await using var next = await CoreReplica.StartAsync(_database.ConnectionString, models: null, Token);
        await WrittenAsync(UsageVictim.Queries);
        Assert.AreEqual((long)UsageVictim.Queries, await CountAsync("completion_tokens > 0 AND model_ms > 0 AND route_ms IS NOT NULL AND outcome = 'answered'"));
    }

    [TestMethod]
    public async Task Files_OfALivingProcess_AreLeftAlone()
    {
        await using var living = await CoreReplica.StartAsync(_database.ConnectionString, models: null, Token, settings: new() { ["Usage:FlushInterval"] = "00:01:00" });
        Record(living, 3);
        await using (var other = await CoreReplica.StartAsync(_database.ConnectionString, models: null, Token))
        {
            Record(other, 2);
            await other.StopAsync(Token);
            Assert.DoesNotContain("left by a process that was killed", other.Log.Text);
        }

        await living.StopAsync(Token);
        Assert.AreEqual(5L, await CountAsync("true"));
    }

    [TestMethod]
    public async Task Stop_WhileTheDatabaseIsAway_KeepsTheRecordsForTheNextStart()
    {
        var direct = new NpgsqlConnectionStringBuilder(_database.ConnectionString);
        await using var gate = new TcpGate(direct.Port);
        var through = new NpgsqlConnectionStringBuilder(direct.ConnectionString) { Port = gate.Port }.ConnectionString;
        await using (var replica = await CoreReplica.StartAsync(through, models: null, Token, settings: new() { ["Usage:ShutdownPatience"] = "00:00:00.2" }))
        {
            gate.Shut();
            Record(replica, 1_500);
        }

        gate.Open();
        await using var next = await CoreReplica.StartAsync(through, models: null, Token);
        await WrittenAsync(1_500);
    }

    [TestMethod]
    public async Task Folder_ThatCannotBeWritten_LeavesMemoryToDoIt()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "no-folder");
        await File.WriteAllTextAsync(file, "", Token);
        await using var replica = await CoreReplica.StartAsync(_database.ConnectionString, models: null, Token, settings: new() { ["Usage:SpoolFolder"] = file });

        Record(replica, 10);

        await WrittenAsync(10);
        Assert.Contains("No file can be written", replica.Log.Text);
    }

    [TestMethod]
    public async Task Record_ThatNoColumnTakes_TakesNoOtherWithIt()
    {
        await using var replica = await CoreReplica.StartAsync(_database.ConnectionString, models: null, Token);
        var recorder = replica.Services.GetRequiredService<IUsageRecorder>();

        recorder.Record(NewRecord() with { Domain = new string('x', 65) });
        Record(replica, 20);

        await WrittenAsync(20);
        Assert.Contains("could not be written down", replica.Log.Text);
    }

    [TestMethod]
    public async Task Spool_Full_CountsWhatIsLostAndStaysWithinItsBound()
    {
        await using var replica = await CoreReplica.StartAsync(
            _database.ConnectionString, models: null, Token, settings: new() { ["Usage:FlushInterval"] = "00:01:00", ["Usage:SpoolBytes"] = "100000" });
        Record(replica, 2_000);

        var spool = replica.Services.GetRequiredService<UsageSpool>();
        Assert.IsLessThan(101_000L, spool.WaitingBytes);
        Assert.Contains("further ones are lost", replica.Log.Text);
        await replica.StopAsync(Token);
        Assert.AreEqual(0L, spool.WaitingBytes);
    }

    private static void Record(CoreReplica replica, int count)
    {
        var recorder = replica.Services.GetRequiredService<IUsageRecorder>();
        for (var i = 0; i < count; i++)
        {
            recorder.Record(NewRecord());
        }
    }

    private static UsageRecord NewRecord() => new()
    {
        Id = Guid.CreateVersion7(DateTimeOffset.UnixEpoch), AccountId = CoreReplica.Alice.AccountId, Outcome = UsageRecord.Answered, Domain = "code",
        Model = EmulatedPair.Small, PromptTokens = 10, CompletionTokens = 20, CostUsd = 0.00001m, DurationMs = 12.5, EndedAt = DateTimeOffset.UnixEpoch,
    };

    private Task WrittenAsync(long count) => Eventually.TrueAsync(async () => await CountAsync("true") == count, s_soon, $"{count} records are written", Token);

    private async Task<long> CountAsync(string condition)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM usage_records WHERE {condition}", connection);
        return (long)(await command.ExecuteScalarAsync(Token))!;
    }
}
