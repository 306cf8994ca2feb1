using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Capibara6.Tests.Api.Access;

/// <summary>Signing keys change on schedule and on demand, and nobody whose token is current notices, on either replica.</summary>
[TestClass]
public sealed class KeyRotationTests
{
    // So many requests happen between two steps.
    private const int RequestsPerStep = 24;
    private const int Workers = 3;
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_duration = TimeSpan.FromMinutes(16);

    // A token is dropped before it expires, and a step may pass while a request is under way.
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ConcurrentDictionary<string, DateTimeOffset> _tokens = new(StringComparer.Ordinal);

    // Time jumps between requests, not during one: ten seconds are longer than the database may take to answer.
    private readonly SemaphoreSlim _underWay = new(Workers);
    private readonly ConcurrentQueue<string> _failures = new();
    private int _requests;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancellation => TestContext.CancellationToken;

    [TestCleanup]
    public void Dispose() => _underWay.Dispose();

    [TestMethod]
    [TestCategory("Slow")]
    public async Task Rotation_OnScheduleAndOnDemand_FailsNoRequest()
    {
        await using var database = await MigratedDatabase.CreateAsync(Cancellation);
        await using var one = NewHost(database);
        await using var two = NewHost(database);
        using var first = one.CreateClient();
        using var second = two.CreateClient();
        HttpClient[] replicas = [first, second];
        var pair = await one.LogInAsync("admin", AccessHost.AdminPassword, Cancellation);
        Remember(pair);

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var asking = Enumerable.Range(0, Workers).Select(worker => Task.Run(() => AskOnAsync(replicas, worker, ended.Token), Cancellation)).ToArray();
        var published = new HashSet<string>(StringComparer.Ordinal);
        var steps = (int)(s_duration / s_step);
        for (var step = 1; step <= steps; step++)
        {
            await AdvanceAsync();
            var enough = Volatile.Read(ref _requests) + RequestsPerStep;
            await Eventually.TrueAsync(
                () => Volatile.Read(ref _requests) >= enough || !_failures.IsEmpty, TimeSpan.FromSeconds(30), "requests go on", Cancellation);
            pair = await RefreshAsync(replicas[step % 2], pair);
            Remember(pair);
            if (step == steps / 2)
            {
                using var rotation = new HttpRequestMessage(HttpMethod.Post, "/auth/signing-keys");
                rotation.Headers.Authorization = new("Bearer", pair.GetProperty("access_token").GetString());
                Assert.AreEqual(HttpStatusCode.NoContent, (await first.SendAsync(rotation, Cancellation)).StatusCode);
            }

            published.UnionWith(await AssertPublishedAsync(replicas[(step + 1) % 2], pair));
        }

        await ended.CancelAsync();
        await Task.WhenAll(asking);
        Assert.IsEmpty(_failures, string.Join('\n', _failures.Take(5)));
        Assert.IsGreaterThan(steps, _requests);

        // 16 minutes at 5 minutes each are three keys and the one on demand.
        var used = _tokens.Keys.Select(token => new JsonWebToken(token).Kid).Distinct().Count();
        Assert.IsGreaterThanOrEqualTo(4, used, $"{used} keys signed");
        Assert.IsGreaterThanOrEqualTo(used, published.Count);
    }

    private async Task AdvanceAsync()
    {
        for (var worker = 0; worker < Workers; worker++)
        {
            await _underWay.WaitAsync(Cancellation);
        }

        _time.Advance(s_step);
        _underWay.Release(Workers);
    }

    private AccessHost NewHost(TestDatabase database) => new()
    {
        Database = database.ConnectionString,
        Time = _time,
        MinimumLevel = Microsoft.Extensions.Logging.LogLevel.Warning,
        Settings =
        {
            ["Identity:SigningKeyLifetime"] = "00:05:00",
            ["Identity:SigningKeyPublishAhead"] = "00:00:40",
            ["Identity:AccessTokenLifetime"] = "00:02:00",
            ["RateLimits:Enabled"] = "false",
        },
    };

    private void Remember(JsonElement pair)
    {
        var token = pair.GetProperty("access_token").GetString()!;
        _tokens[token] = new DateTimeOffset(new JsonWebToken(token).ValidTo, TimeSpan.Zero);
    }

    // Every token that is current, of old keys and new ones, here and there, without a pause.
    private async Task AskOnAsync(HttpClient[] replicas, int worker, CancellationToken ended)
    {
        for (var round = worker; !ended.IsCancellationRequested; round++)
        {
            foreach (var (token, expiry) in _tokens.Where(pair => pair.Value > _time.GetUtcNow() + s_margin))
            {
                await _underWay.WaitAsync(Cancellation);
                try
                {
                    await AskAsync(replicas[round % 2], token, expiry);
                }
                finally
                {
                    _underWay.Release();
                }
            }

            await Task.Yield();
        }
    }

    private async Task AskAsync(HttpClient replica, string token, DateTimeOffset expiry)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/models");
        request.Headers.Authorization = new("Bearer", token);
        using var response = await replica.SendAsync(request, Cancellation);
        Interlocked.Increment(ref _requests);
        if (response.StatusCode != HttpStatusCode.OK && expiry > _time.GetUtcNow())
        {
            _failures.Enqueue($"{response.StatusCode} at {_time.GetUtcNow():T} for key {new JsonWebToken(token).Kid}");
        }
    }

    private async Task<JsonElement> RefreshAsync(HttpClient replica, JsonElement pair)
    {
        using var response = await replica.PostAsJsonAsync("/auth/refresh", new { refresh_token = pair.GetProperty("refresh_token").GetString() }, Cancellation);
        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
    }

    // Whoever checks our tokens by the published keys finds the key of the newest one there, also at the other replica.
    private async Task<IEnumerable<string>> AssertPublishedAsync(HttpClient replica, JsonElement pair)
    {
        var set = await replica.GetFromJsonAsync<JsonElement>("/.well-known/jwks.json", Cancellation);
        string[] ids = [.. set.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("kid").GetString()!)];
        Assert.Contains(new JsonWebToken(pair.GetProperty("access_token").GetString()).Kid, ids);
        return ids;
    }
}
