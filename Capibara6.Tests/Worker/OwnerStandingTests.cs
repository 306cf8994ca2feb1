using Capibara6.Core;
using Capibara6.Core.Jobs;
using Capibara6.ModelEmulator;
using Capibara6.Tests.Core;
using Capibara6.Worker.Jobs;
using Capibara6.Worker.Migrations;
using Npgsql;

namespace Capibara6.Tests.Worker;

/// <summary>A batch runs on behalf of its account and its key: what has happened to them since it was filed counts.</summary>
[TestClass]
public sealed class OwnerStandingTests
{
    private const int Items = 6;

    private static readonly Guid s_key = Guid.Parse("0190a000-0000-7000-8000-0000000000f1");

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
    [DataRow("UPDATE accounts SET deactivated_at = now()", DisplayName = "account deactivated")]
    [DataRow("DELETE FROM accounts", DisplayName = "account deleted")]
    [DataRow("UPDATE accounts SET roles = '{readonly}'", DisplayName = "account may not execute any more")]
    [DataRow("UPDATE api_keys SET revoked_at = now()", DisplayName = "key revoked")]
    [DataRow("UPDATE api_keys SET expires_at = now() - interval '1 second'", DisplayName = "key expired")]
    [DataRow("UPDATE api_keys SET permissions = '{read,api_access}'", DisplayName = "key may not execute")]
    [DataRow("DELETE FROM api_keys", DisplayName = "key deleted")]
    public async Task Batch_OwnerRevokedBeforeItRuns_EndsWithACodeAndAsksNoModel(string revocation)
    {
        var batch = await AcceptAsync();
        await ExecuteAsync(revocation);

        await using var worker = await StartWorkerAsync();

        await Eventually.TrueAsync(async () => await UnfinishedAsync() == 0, TimeSpan.FromSeconds(20), "the batch ends", Token);
        var results = await ResultsAsync(worker, batch);
        Assert.HasCount(Items, results);
        Assert.IsTrue(results.All(result => result.Error is { Code: FailureCodes.CallerRevoked, Kind: FailureKind.Forbidden } && result.Attempts == 1));
        Assert.AreEqual(0, _emulator.Statistics.Requests);
    }

    [TestMethod]
    public async Task Batch_OwnerStands_IsAnswered()
    {
        var batch = await AcceptAsync();

        await using var worker = await StartWorkerAsync();

        await Eventually.TrueAsync(async () => await UnfinishedAsync() == 0, TimeSpan.FromSeconds(20), "the batch ends", Token);
        Assert.IsTrue((await ResultsAsync(worker, batch)).All(result => result.Error is null));
    }

    private async Task<Guid> AcceptAsync()
    {
        await ExecuteAsync(
            $"""
            INSERT INTO api_keys (id, account_id, name, hash, hint, permissions, created_at)
            VALUES ('{s_key}', '{CoreReplica.Alice.AccountId}', 'night', '\x00', 'cap6_', ARRAY['read', 'execute'], now())
            """);
        await using var edge = await CoreReplica.StartAsync(_database.ConnectionString, models: null, Token);
        BatchItem[] items = [.. Enumerable.Range(0, Items).Select(index => new BatchItem($"question {index}"))];
        var request = new BatchRequest(items, BatchPriority.Medium, CoreReplica.Alice with { ApiKeyId = s_key });
        return CoreReplica.Value(await edge.Batches.AcceptAsync(request, Token)).Id;
    }

    private Task<CoreReplica> StartWorkerAsync() => CoreReplica.StartAsync(
        _database.ConnectionString, EmulatedPair.ConnectionStringOf(_emulator), Token,
        settings: new() { ["JobRunner:PollInterval"] = "00:00:00.1" },
        services: services => services.AddMigrations().AddJobRunner());

    private async Task<List<BatchItemResult>> ResultsAsync(CoreReplica replica, Guid batch)
    {
        var results = new List<BatchItemResult>();
        await foreach (var result in CoreReplica.Value(await replica.Batches.ReadResultsAsync(batch, CoreReplica.Alice, Token)))
        {
            results.Add(result);
        }

        return results;
    }

    private async Task<long> UnfinishedAsync() => (long)(await ExecuteAsync("SELECT count(*) FROM batches WHERE finished_at IS NULL"))!;

    private async Task<object?> ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Token);
    }
}
