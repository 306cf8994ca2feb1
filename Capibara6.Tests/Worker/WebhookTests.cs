using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Capibara6.Core.Jobs;
using Capibara6.ModelEmulator;
using Capibara6.Tests.Core;
using Capibara6.Worker.Jobs;
using Capibara6.Worker.Migrations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Npgsql;

namespace Capibara6.Tests.Worker;

/// <summary>The message at the end of a batch: signed, tried again, and sent nowhere it should not go.</summary>
[TestClass]
public sealed class WebhookTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(20);
    private static readonly byte[] s_key = RandomNumberGenerator.GetBytes(32);
    private static readonly string s_secret = $"whsec_{Convert.ToBase64String(s_key)}";

    private readonly ConcurrentQueue<(string Path, Dictionary<string, string> Headers, string Body)> _received = new();
    private Func<string, int> _answer = _ => 204;
    private TestDatabase _database = null!;
    private ModelEmulatorHost _emulator = null!;
    private WebApplication _receiver = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    private int Port => new Uri(_receiver.Urls.Single()).Port;

    [TestInitialize]
    public async Task StartAsync()
    {
        _database = await MigratedDatabase.CreateAsync(Token);
        _emulator = await EmulatedPair.StartAsync(Token);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _receiver = builder.Build();
        _receiver.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            _received.Enqueue((context.Request.Path, context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), await reader.ReadToEndAsync(Token)));
            context.Response.StatusCode = _answer(context.Request.Path);
            context.Response.Headers.Location = "/elsewhere";
        });
        await _receiver.StartAsync(Token);
    }

    [TestCleanup]
    public async Task StopAsync()
    {
        await _receiver.DisposeAsync();
        await _emulator.DisposeAsync();
        await _database.DisposeAsync();
    }

    [TestMethod]
    public async Task Batch_HasEnded_IsToldSignedAndTheSecretForgotten()
    {
        await using var worker = await StartWorkerAsync(allowPrivate: true);
        var batch = await AcceptAsync(worker, $"http://127.0.0.1:{Port}/hook");

        await Eventually.TrueAsync(async () => await ScalarAsync("SELECT count(*) FROM batches WHERE webhook_done_at IS NOT NULL AND webhook_secret IS NULL") == 1, s_soon, "it is told", Token);
        var (_, headers, body) = _received.Single();
        Assert.AreEqual(batch.ToString(), headers["webhook-id"]);
        var stamp = long.Parse(headers["webhook-timestamp"], CultureInfo.InvariantCulture);
        Assert.IsLessThan(300, Math.Abs(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - stamp));
        var signature = Convert.ToBase64String(HMACSHA256.HashData(s_key, Encoding.UTF8.GetBytes($"{batch}.{stamp}.{body}")));
        Assert.AreEqual($"v1,{signature}", headers["webhook-signature"]);
        using var message = JsonDocument.Parse(body);
        Assert.AreEqual("batch.completed", message.RootElement.GetProperty("type").GetString());
        var data = message.RootElement.GetProperty("data");
        Assert.AreEqual((batch, 2, 2), (data.GetProperty("id").GetGuid(), data.GetProperty("total").GetInt32(), data.GetProperty("succeeded").GetInt32()));
    }

    [TestMethod]
    public async Task Receiver_DoesNotTakeIt_IsToldAgainUnderTheSameId()
    {
        var answers = new ConcurrentQueue<int>([503, 302, 500]);
        _answer = _ => answers.TryDequeue(out var status) ? status : 200;
        await using var worker = await StartWorkerAsync(allowPrivate: true);
        await AcceptAsync(worker, $"http://127.0.0.1:{Port}/hook");

        await Eventually.TrueAsync(async () => await ScalarAsync("SELECT count(*) FROM batches WHERE webhook_done_at IS NOT NULL") == 1, s_soon, "it is told", Token);
        Assert.HasCount(4, _received);
        Assert.HasCount(1, _received.Select(message => message.Headers["webhook-id"]).Distinct());
        Assert.IsTrue(_received.All(message => message.Path == "/hook"), "no redirect is followed");
    }

    [TestMethod]
    [DataRow(410, 1)]
    [DataRow(500, 3)]
    public async Task Receiver_NeverTakesIt_IsLeftAlone(int status, int tries)
    {
        _answer = _ => status;
        await using var worker = await StartWorkerAsync(allowPrivate: true, attempts: 3);
        await AcceptAsync(worker, $"http://127.0.0.1:{Port}/hook");

        await Eventually.TrueAsync(async () => await ScalarAsync("SELECT count(*) FROM batches WHERE webhook_done_at IS NOT NULL") == 1, s_soon, "it is given up", Token);
        Assert.HasCount(tries, _received);
    }

    [TestMethod]
    public async Task Name_OfAPrivateAddress_IsNotCalled()
    {
        // The name passes when the batch is accepted: what it stands for is looked at when it is called.
        await using var worker = await StartWorkerAsync(allowPrivate: false, attempts: 3);
        await AcceptAsync(worker, $"https://localhost:{Port}/hook");

        await Eventually.TrueAsync(async () => await ScalarAsync("SELECT count(*) FROM batches WHERE webhook_done_at IS NOT NULL AND webhook_attempts = 3") == 1, s_soon, "it is given up", Token);
        Assert.IsEmpty(_received);
    }

    [TestMethod]
    [DataRow("http://hooks.example.org/", null, "webhook.url")]
    [DataRow("https://127.0.0.1/", null, "webhook.url")]
    [DataRow("https://[::ffff:10.0.0.1]/", null, "webhook.url")]
    [DataRow("https://169.254.169.254/latest", null, "webhook.url")]
    [DataRow("https://2130706433/", null, "webhook.url")]
    [DataRow("https://user:password@hooks.example.org/", null, "webhook.url")]
    [DataRow("hooks", null, "webhook.url")]
    [DataRow("https://hooks.example.org/", "secret", "webhook.secret")]
    [DataRow("https://hooks.example.org/", "whsec_c2hvcnQ=", "webhook.secret")]
    public async Task Webhook_ThatIsWrong_IsRefused(string url, string? secret, string field)
    {
        await using var edge = await CoreReplica.StartAsync(_database.ConnectionString, EmulatedPair.ConnectionStringOf(_emulator), Token);
        var failure = CoreReplica.Failure(await edge.Batches.AcceptAsync(
            new BatchRequest([new BatchItem("question")], BatchPriority.Medium, CoreReplica.Alice) { Webhook = new BatchWebhook(url, secret ?? s_secret) }, Token));
        Assert.AreEqual(field, failure.Field);
    }

    [TestMethod]
    [DataRow("8.8.8.8", true)]
    [DataRow("2606:4700::1111", true)]
    [DataRow("10.1.2.3", false)]
    [DataRow("172.31.0.1", false)]
    [DataRow("192.168.1.1", false)]
    [DataRow("100.64.0.1", false)]
    [DataRow("0.0.0.0", false)]
    [DataRow("255.255.255.255", false)]
    [DataRow("::1", false)]
    [DataRow("::", false)]
    [DataRow("fe80::1", false)]
    [DataRow("fd00::1", false)]
    [DataRow("64:ff9b::7f00:1", false)]
    [DataRow("2002:7f00:1::", false)]
    [DataRow("::ffff:127.0.0.1", false)]
    public void Address_IsPublicOrNot(string address, bool isPublic) => Assert.AreEqual(isPublic, PublicAddresses.Contain(IPAddress.Parse(address)));

    private Task<CoreReplica> StartWorkerAsync(bool allowPrivate, int attempts = 8) => CoreReplica.StartAsync(
        _database.ConnectionString,
        EmulatedPair.ConnectionStringOf(_emulator),
        Token,
        settings: new()
        {
            ["JobRunner:PollInterval"] = "00:00:00.1", ["Webhooks:AllowPrivate"] = allowPrivate ? "true" : "false",
            ["Webhooks:RetryDelay"] = "00:00:00.01", ["Webhooks:MaxAttempts"] = attempts.ToString(CultureInfo.InvariantCulture),
        },
        services: services => services.AddMigrations().AddJobRunner());

    private async Task<Guid> AcceptAsync(CoreReplica replica, string url) => CoreReplica.Value(await replica.Batches.AcceptAsync(
        new BatchRequest([new BatchItem("one"), new BatchItem("two")], BatchPriority.Medium, CoreReplica.Alice) { Webhook = new BatchWebhook(url, s_secret) },
        Token)).Id;

    private async Task<long> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync(Token))!;
    }
}
