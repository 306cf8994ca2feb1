using System.Diagnostics;
using Capibara6.Core.Data;
using Capibara6.Core.Jobs;
using Capibara6.Hosting.LocalServers.Postgres;
using Capibara6.ModelEmulator;
using Capibara6.Tests.Core;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Capibara6.Tests.Worker;

/// <summary>
/// A batch of four thousand queries, three worker processes, and everything around them fails, one after the other: a worker is killed with -9
/// (three times, at random which), then all of them, Redis is restarted, PostgreSQL is restarted (twice), the network to the models is cut
/// (twice). PostgreSQL and the server of Redis's protocol are real, the models are the emulator. What happens when depends on how far the
/// batch has come, never on a clock.
/// </summary>
[TestClass]
[TestCategory("Slow")]
[DoNotParallelize]
public sealed class ChaosTests
{
    private const int Queries = 4_000;
    private const string Password = "test-only";

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(120);

    private readonly Random _random = new(20_261_125);
    private readonly List<Process> _workers = [];
    private readonly List<string> _happened = [];
    private readonly TemporaryFolder _folder = new();
    private PostgresSpec _postgresSpec = null!;
    private TestServer? _postgres;
    private TestServer? _redis;
    private ModelEmulatorHost? _emulator;
    private TcpGate? _network;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    private string Database =>
        $"Host=127.0.0.1;Port={_postgresSpec.Port};Username=postgres;Password={Password};Database=postgres;Maximum Pool Size=10";

    [TestInitialize]
    public async Task StartAsync()
    {
        if (!OperatingSystem.IsWindows())
        {
            // The server may run as another user, who has to get through.
            File.SetUnixFileMode(_folder.Path, File.GetUnixFileMode(_folder.Path) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }

        _postgresSpec = new PostgresSpec("chaos", LocalServersFixture.FreePort(), "postgres", Password) { DataFolder = Path.Combine(_folder.Path, "data") };
        _postgres = await LocalServersFixture.Shared.StartAsync(_postgresSpec, Token);
        _redis = await TestRedis.StartOwnAsync(LocalServersFixture.FreePort(), Token);
        _emulator = await EmulatedPair.StartAsync(Token);
        _network = new TcpGate(_emulator.Address.Port);
    }

    [TestCleanup]
    public async Task StopAsync()
    {
        foreach (var worker in _workers)
        {
            await KillAsync(worker);
        }

        // What comes first may have failed to start.
        foreach (var thing in new IAsyncDisposable?[] { _network, _emulator, _redis, _postgres })
        {
            if (thing is not null)
            {
                await thing.DisposeAsync();
            }
        }

        _folder.Dispose();
    }

    [TestMethod]
    public async Task Batch_WhileEverythingFails_HasOneOutcomeForEachQueryAndChargesItOnce()
    {
        await using var edge = await CoreReplica.StartAsync(Database, EmulatedPair.ConnectionStringOf(_emulator!), Token);
        await edge.Services.GetRequiredService<ISchemaMigrator>().MigrateAsync(Token);
        await KnownAccounts.AddAsync(Database, Token);
        var batch = CoreReplica.Value(await edge.Batches.AcceptAsync(
            new BatchRequest([.. Enumerable.Range(0, Queries).Select(i => new BatchItem($"question {i}"))], BatchPriority.Medium, CoreReplica.Alice), Token));
        for (var i = 0; i < 3; i++)
        {
            StartWorker();
        }

        // Redis comes up again while the rest fails: only without it the batch goes on, and waiting for it would leave nothing for the others.
        var redis = Task.CompletedTask;
        var trouble = new Queue<Func<Task>>([
            KillOneAsync, () => Task.FromResult(redis = RestartRedisAsync()), KillOneAsync, CutNetworkAsync, RestartPostgresAsync, KillOneAsync, KillAllAsync, CutNetworkAsync, RestartPostgresAsync]);
        var every = Queries / (trouble.Count + 1);
        for (var next = every; trouble.Count > 0; next += every)
        {
            await Eventually.TrueAsync(async () => await DoneAsync(batch.Id) >= next, s_limit, Told, Token);
            Assert.IsLessThan(Queries, await DoneAsync(batch.Id), $"it was over too soon: {Told()}");
            await trouble.Dequeue()();
        }

        await Eventually.TrueAsync(async () => await ScalarAsync("SELECT count(*) FROM batches WHERE finished_at IS NOT NULL") == 1, s_limit, Told, Token);
        await redis;
        await CheckAsync(batch.Id);
    }

    private async Task CheckAsync(Guid batch)
    {
        var again = await ScalarAsync($"SELECT count(*) FROM jobs WHERE batch_id = '{batch}' AND attempts > 1");
        var begun = await ScalarAsync($"SELECT sum(attempts) FROM jobs WHERE batch_id = '{batch}'");
        TestContext.WriteLine(
            $"{Told()}\n{again} of {Queries} queries were begun more than once ({begun} times in all); the models were asked {_emulator!.Statistics.Requests} times.");

        Assert.AreEqual(Queries, await ScalarAsync($"SELECT count(*) FROM jobs WHERE batch_id = '{batch}' AND status = 2"), "each has an answer");
        Assert.AreEqual(Queries, await ScalarAsync($"SELECT count(DISTINCT index) FROM jobs WHERE batch_id = '{batch}'"));
        Assert.AreEqual(Queries, await ScalarAsync($"SELECT succeeded FROM batches WHERE id = '{batch}'"));
        Assert.AreEqual(Queries, await ScalarAsync("SELECT count(*) FROM usage_records WHERE is_job"), "each is charged once");
        Assert.AreEqual(Queries, await ScalarAsync(
            $"SELECT count(*) FROM usage_records u JOIN jobs j ON j.id = u.id WHERE j.batch_id = '{batch}' AND u.outcome = 'answered' AND (u.cached OR u.prompt_tokens > 0)"));
        Assert.IsGreaterThan(0, again, "nothing that was tried had any effect");
    }

    private void StartWorker() => _workers.Add(ChaosWorker.Start(
        Database, new TestRedis(TestRedis.ConnectionStringOf(_redis!), "chaos:"), $"Endpoint=http://127.0.0.1:{_network!.Port}/v1;Key=test-key", ChaosWorker.Hasty));

    private async Task KillOneAsync()
    {
        var victim = _workers[_random.Next(_workers.Count)];
        _workers.Remove(victim);
        await KillAsync(victim);
        StartWorker();
        _happened.Add("a worker was killed");
    }

    private async Task KillAllAsync()
    {
        foreach (var worker in _workers)
        {
            await KillAsync(worker);
        }

        _workers.Clear();
        for (var i = 0; i < 3; i++)
        {
            StartWorker();
        }

        _happened.Add("all workers were killed");
    }

    private async Task RestartRedisAsync()
    {
        var port = _redis!.Port;
        await _redis.DisposeAsync();
        _redis = await TestRedis.StartOwnAsync(port, Token);
        _happened.Add("Redis was restarted");
    }

    private async Task RestartPostgresAsync()
    {
        await _postgres!.DisposeAsync();
        _postgres = await LocalServersFixture.Shared.StartAsync(_postgresSpec, Token);
        _happened.Add("PostgreSQL was restarted");
    }

    private async Task CutNetworkAsync()
    {
        var asked = _emulator!.Statistics.Requests;
        var before = await LatestReturnAsync();
        _network!.Shut();

        // Until a query has gone back into the queue: a cut that nobody met would be none.
        await Eventually.TrueAsync(async () => await LatestReturnAsync() > before, s_limit, Told, Token);
        _network.Open();
        _happened.Add($"the network to the models was cut, after {asked} calls");
    }

    private static async Task KillAsync(Process worker)
    {
        worker.Kill();
        await worker.WaitForExitAsync(CancellationToken.None);
        worker.Dispose();
    }

    private string Told() => string.Join("; ", _happened);

    private Task<long> DoneAsync(Guid batch) => ScalarAsync($"SELECT count(*) FROM jobs WHERE batch_id = '{batch}' AND status >= 2");

    /// <summary>Moves, in microseconds, with every query that is put back to be tried again.</summary>
    private Task<long> LatestReturnAsync() => ScalarAsync("SELECT coalesce(extract(epoch FROM max(available_at)) * 1000000, 0) FROM jobs WHERE available_at > '-infinity'");

    /// <summary>Also while the server comes up again: then -1.</summary>
    private async Task<long> ScalarAsync(string sql)
    {
        try
        {
            await using var connection = new NpgsqlConnection(Database + ";Pooling=false");
            await connection.OpenAsync(Token);
            await using var command = new NpgsqlCommand(sql, connection);
            return Convert.ToInt64(await command.ExecuteScalarAsync(Token), System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (NpgsqlException exception) when (exception.IsTransient || exception.InnerException is IOException)
        {
            return -1;
        }
    }
}
