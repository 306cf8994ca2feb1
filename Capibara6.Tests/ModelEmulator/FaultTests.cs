using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Capibara6.ModelEmulator;
using Capibara6.ModelEmulator.Faults;
using Microsoft.Extensions.Options;

namespace Capibara6.Tests.ModelEmulator;

[TestClass]
public sealed class FaultTests
{
    private ModelEmulatorHost _emulator = null!;
    private HttpClient _client = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestInitialize]
    public async Task StartAsync()
    {
        _emulator = await ModelEmulatorHost.StartAsync(null, Token);
        _client = new HttpClient { BaseAddress = _emulator.Address };
    }

    [TestCleanup]
    public async Task StopAsync()
    {
        _client.Dispose();
        await _emulator.DisposeAsync();
    }

    [TestMethod]
    public async Task Status_ForTwoRequests_StrikesTheFirstTwoOnly()
    {
        _emulator.Faults.Set(new Fault { Kind = FaultKind.Status, Status = 429, RetryAfterSeconds = 2, Count = 2 });

        var seen = new List<HttpStatusCode>();
        for (var i = 0; i < 3; i++)
        {
            using var response = await AskAsync();
            seen.Add(response.StatusCode);
            if (i == 0)
            {
                Assert.AreEqual(TimeSpan.FromSeconds(2), response.Headers.RetryAfter!.Delta);
                Assert.AreEqual("rate_limit_exceeded", (await response.ReadJsonAsync(Token)).GetProperty("error").GetProperty("code").GetString());
            }
        }

        CollectionAssert.AreEqual(new[] { HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests, HttpStatusCode.OK }, seen);
        Assert.AreEqual(3, _emulator.Statistics.RequestsOf("emulator-20b"));
    }

    [TestMethod]
    public void Rate_OfAQuarter_StrikesEveryFourth()
    {
        var plan = new FaultPlan(Options.Create(new ModelEmulatorOptions()));
        plan.Set(new Fault { Kind = FaultKind.Hang, Rate = 0.25, Model = "a" });

        bool[] struck = [.. Enumerable.Range(0, 8).Select(_ => plan.Strike("a") is not null)];

        CollectionAssert.AreEqual(new[] { false, false, false, true, false, false, false, true }, struck);
        Assert.IsNull(plan.Strike("b"));
    }

    [TestMethod]
    public async Task CutStream_AfterTwoTokens_BreaksTheConnectionThere()
    {
        using var response = await _client.SendAsync(
            EmulatorClient.Chat(EmulatorClient.Question("bees", stream: true), ("X-Emulator-Fault", "cut_stream=2")),
            HttpCompletionOption.ResponseHeadersRead,
            Token);

        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
        var chunks = 0;
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            while (await reader.ReadLineAsync(Token) is { } line)
            {
                chunks += line.Length > 0 ? 1 : 0;
            }
        });
        Assert.AreEqual(3, chunks, "the role and two tokens");
    }

    [TestMethod]
    public async Task CutStream_WithoutStreaming_BreaksTheBody()
    {
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(("X-Emulator-Fault", "cut_stream")));
    }

    [TestMethod]
    public async Task Garbage_InAnAnswer_IsNoJson()
    {
        using var response = await AskAsync(("X-Emulator-Fault", "garbage"));

        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        var body = await response.Content.ReadAsStringAsync(Token);
        Assert.Throws<JsonException>(() => JsonElement.Parse(body), body);
    }

    [TestMethod]
    public async Task EmptyAnswer_Asked_HasNoText()
    {
        using var response = await AskAsync(("X-Emulator-Fault", "empty_answer"));

        var answer = await response.ReadJsonAsync(Token);
        Assert.AreEqual("", answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        Assert.AreEqual(0, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [TestMethod]
    public async Task Hang_UntilTheClientLeaves_GivesNothing()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAsync<OperationCanceledException>(
            () => _client.SendAsync(EmulatorClient.Chat(EmulatorClient.Question("bees"), ("X-Emulator-Fault", "hang")), patience.Token));
    }

    [TestMethod]
    public async Task Latency_ByHeader_IsKept()
    {
        var watch = Stopwatch.StartNew();
        using var response = await AskAsync(("X-Emulator-First-Token-Ms", "300"), ("X-Emulator-Tokens-Per-Second", "200"));

        var tokens = (await response.ReadJsonAsync(Token)).GetProperty("usage").GetProperty("completion_tokens").GetInt32();
        Assert.IsGreaterThan(299 + (tokens * 5), watch.Elapsed.TotalMilliseconds + 5);
    }

    [TestMethod]
    [DataRow("X-Emulator-Fault", "explode")]
    [DataRow("X-Emulator-Fault", "status=999")]
    [DataRow("X-Emulator-First-Token-Ms", "soon")]
    public async Task Header_ThatCantBeRead_IsABadRequest(string name, string value)
    {
        using var response = await AskAsync((name, value));

        Assert.AreEqual(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(name, (await response.ReadJsonAsync(Token)).GetProperty("error").GetProperty("message").GetString()!);
    }

    [TestMethod]
    public async Task Control_PutGetDelete_ChangesThePlan()
    {
        using var put = await _client.PutAsJsonAsync(
            "emulator/faults", new { faults = new[] { new { kind = "empty_answer", rate = 0.5, count = 3 } } }, Token);
        Assert.AreEqual(HttpStatusCode.OK, put.StatusCode);
        Assert.AreEqual(FaultKind.EmptyAnswer, _emulator.Faults.List().Single().Fault.Kind);

        using var wrong = await _client.PutAsync(
            "emulator/faults", new StringContent("""{"faults":[{"kind":"status","status":200}]}""", Encoding.UTF8, "application/json"), Token);
        Assert.AreEqual(HttpStatusCode.BadRequest, wrong.StatusCode);

        using var delete = await _client.DeleteAsync("emulator/faults", Token);
        Assert.AreEqual(HttpStatusCode.OK, delete.StatusCode);
        Assert.IsEmpty(_emulator.Faults.List());
    }

    [TestMethod]
    public async Task ApiKey_Configured_IsAskedFor()
    {
        await using var locked = await ModelEmulatorHost.StartAsync(options => options.ApiKey = "right", Token);
        using var client = new HttpClient { BaseAddress = locked.Address };

        using var without = await client.GetAsync("v1/models", Token);
        Assert.AreEqual(HttpStatusCode.Unauthorized, without.StatusCode);
        client.DefaultRequestHeaders.Authorization = new("Bearer", "right");
        using var with = await client.GetAsync("v1/models", Token);
        Assert.AreEqual(HttpStatusCode.OK, with.StatusCode);
    }

    private Task<HttpResponseMessage> AskAsync(params (string Name, string Value)[] headers) =>
        _client.SendAsync(EmulatorClient.Chat(EmulatorClient.Question("How do bees fly?"), headers), Token);
}
