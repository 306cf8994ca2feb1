using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Capibara6.Core;
using Capibara6.Core.Jobs;
using Microsoft.Extensions.Time.Testing;

namespace Capibara6.Tests.Api.Batches;

[TestClass]
public sealed class BatchEndpointTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Batch_OfStringsAndObjects_IsAcceptedWithItsAddress()
    {
        await using var host = new EdgeHost();
        using var content = new StringContent(
            """{"queries":["a",{"query":"b","context":{"k":"v"},"model":"capibara6-120b","custom_id":"second"}],"priority":"high"}""",
            Encoding.UTF8, "application/json");

        using var response = await host.CreateClient().PostAsync("/api/v1/batch", content, TestContext.CancellationToken);

        Assert.AreEqual(HttpStatusCode.Accepted, response.StatusCode);
        Assert.AreEqual($"/api/v1/batch/{ScriptedBatches.Known}", response.Headers.Location?.OriginalString);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken);
        Assert.AreEqual("queued", body.GetProperty("status").GetString());
        Assert.AreEqual("high", body.GetProperty("priority").GetString());
        Assert.AreEqual("1970-01-01T00:00:00Z", body.GetProperty("created_at").GetString());
        Assert.AreEqual(JsonValueKind.Null, body.GetProperty("started_at").ValueKind);

        var accepted = host.Batches.Accepted!;
        Assert.AreEqual(BatchPriority.High, accepted.Priority);
        Assert.AreEqual("a", accepted.Items[0].Query);
        Assert.AreEqual("auto", accepted.Items[0].Model);
        Assert.AreEqual("b", accepted.Items[1].Query);
        Assert.AreEqual("v", accepted.Items[1].Context["k"]);
        Assert.AreEqual("capibara6-120b", accepted.Items[1].Model);
        Assert.AreEqual("second", accepted.Items[1].CustomId);
    }

    [TestMethod]
    public async Task Batch_WithAllThatItemsTake_IsAcceptedAsAsked()
    {
        await using var host = new EdgeHost();
        using var content = new StringContent(
            """{"deadline":"2030-01-01T00:00:00Z","queries":["olá",{"query":"b","max_tokens":7,"temperature":0.5,"use_cache":false}]}""",
            Encoding.UTF8, "application/json");
        content.Headers.Add("Idempotency-Key", "once");

        using var response = await host.CreateClient().PostAsync("/api/v1/batch", content, TestContext.CancellationToken);

        Assert.AreEqual(HttpStatusCode.Accepted, response.StatusCode);
        var accepted = host.Batches.Accepted!;
        Assert.AreEqual(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero), accepted.Deadline);
        Assert.AreEqual("once", accepted.IdempotencyKey);
        Assert.HasCount(32, accepted.RequestHash!);
        Assert.AreEqual("olá", accepted.Items[0].Query);
        Assert.AreEqual((7, 0.5f, false), (accepted.Items[1].MaxTokens, accepted.Items[1].Temperature, accepted.Items[1].UseCache));
    }

    [TestMethod]
    public async Task Batch_LargerThanAnyOtherBody_IsReadPartByPart()
    {
        await using var host = new EdgeHost();
        host.Batches.Inspect = request => string.Concat(request.Items.Count, ":", request.Items[1_999].Query.Length, ":", request.Items[1_999].Query[^4..]);
        var queries = Enumerable.Range(0, 2_000).Select(i => $$"""{"query":"{{new string('x', 2_000)}}{{i:0000}}","custom_id":"c{{i}}"}""");
        using var content = new StringContent($$"""{ "queries" : [ {{string.Join(" ,\n", queries)}} ] , "priority" : "low" }""", Encoding.UTF8, "application/json");

        using var response = await host.CreateClient().PostAsync("/api/v1/batch", content, TestContext.CancellationToken);

        Assert.AreEqual(HttpStatusCode.Accepted, response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.CancellationToken));
        Assert.AreEqual("2000:2004:1999", host.Batches.Inspected);
        Assert.AreEqual(BatchPriority.Low, host.Batches.Accepted!.Priority);
    }

    [TestMethod]
    [DataRow("""{"queries":["a",{"query":"b","temprature":1}]}""", "queries[1].temprature")]
    [DataRow("""{"queries":["a","b",{"query":5}]}""", "queries[2].query")]
    [DataRow("""{"queries":["a",null]}""", "queries[1]")]
    [DataRow("""{"queries":"a"}""", "queries")]
    [DataRow("""{"queries":["a"],"queries":["b"]}""", "queries")]
    [DataRow("""{"queries":["a"],"colour":1}""", "colour")]
    [DataRow("""{"queries":["a"],"deadline":"soon"}""", "deadline")]
    [DataRow("""{"queries":["a"}""", null)]
    [DataRow("""{"queries":["a"]} x""", null)]
    [DataRow("""["a"]""", null)]
    [DataRow("", null)]
    public async Task Batch_ThatDoesNotFit_IsSaidWhere(string body, string? field)
    {
        await using var host = new EdgeHost();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        using var response = await host.CreateClient().PostAsync("/api/v1/batch", content, TestContext.CancellationToken);

        Assert.AreEqual(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken);
        Assert.AreEqual(field, problem.TryGetProperty("field", out var named) ? named.GetString() : null, problem.ToString());
        Assert.IsNull(host.Batches.Accepted);
    }

    [TestMethod]
    [DataRow("after=x", HttpStatusCode.BadRequest)]
    [DataRow("limit=0", HttpStatusCode.BadRequest)]
    [DataRow("after=3&limit=10", HttpStatusCode.OK)]
    public async Task Results_Page_IsChecked(string query, HttpStatusCode status)
    {
        await using var host = new EdgeHost();
        using var response = await host.CreateClient().GetAsync($"/api/v1/batch/{ScriptedBatches.Known}/results?{query}", TestContext.CancellationToken);
        Assert.AreEqual(status, response.StatusCode);
    }

    [TestMethod]
    public async Task Batch_Finished_CannotBeCancelled()
    {
        await using var host = new EdgeHost();

        using var response = await host.CreateClient().DeleteAsync($"/api/v1/batch/{ScriptedBatches.Known}", TestContext.CancellationToken);

        Assert.AreEqual(HttpStatusCode.Conflict, response.StatusCode);
        await EdgeHost.ReadProblemAsync(response, TestContext.CancellationToken);
    }

    [TestMethod]
    [DataRow("?limit=2", true)]
    [DataRow("", false)]
    public async Task List_FullPage_SaysWhereTheNextBegins(string query, bool full)
    {
        await using var host = new EdgeHost();

        var page = await host.CreateClient().GetFromJsonAsync<JsonElement>($"/api/v1/batch{query}", TestContext.CancellationToken);

        Assert.AreEqual(full ? ScriptedBatches.Known.ToString() : null, page.GetProperty("next_before").GetString());
    }

    [TestMethod]
    public async Task Results_AreJsonLines()
    {
        await using var host = new EdgeHost();
        host.Batches.Results = () => new BatchItemResult[]
        {
            new() { Index = 0, CustomId = "a", Result = Answers.To("x"), Attempts = 1 },
            new() { Index = 1, Error = new Failure("model_timeout", FailureKind.TimedOut, "Too slow."), Attempts = 3 },
        }.ToAsyncEnumerable();

        using var response = await host.CreateClient().GetAsync($"/api/v1/batch/{ScriptedBatches.Known}/results", TestContext.CancellationToken);

        Assert.AreEqual("application/jsonl", response.Content.Headers.ContentType?.MediaType);
        var lines = (await response.Content.ReadAsStringAsync(TestContext.CancellationToken)).Split('\n');
        Assert.HasCount(3, lines);
        Assert.AreEqual("", lines[2]);
        Assert.AreEqual("x", JsonElement.Parse(lines[0]).GetProperty("result").GetProperty("query").GetString());
        Assert.AreEqual(
            """{"index":1,"custom_id":null,"result":null,"error":{"code":"model_timeout","message":"Too slow."},"attempts":3}""", lines[1]);
    }

    [TestMethod]
    public async Task Results_ThatBreak_DoNotEndAsIfComplete()
    {
        await using var host = new EdgeHost();
        host.Batches.Results = () => Enumerable.Range(0, 2_000).ToAsyncEnumerable().Select(index => index < 1_999
            ? new BatchItemResult { Index = index, Result = Answers.To("x"), Attempts = 1 }
            : throw new InvalidOperationException("broken"));

        using var response = await host.CreateClient().GetAsync(
            $"/api/v1/batch/{ScriptedBatches.Known}/results", HttpCompletionOption.ResponseHeadersRead, TestContext.CancellationToken);

        await Assert.ThrowsAsync<Exception>(() => response.Content.ReadAsStringAsync(TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task Results_ThatFailBeforeTheFirst_AreAProblem()
    {
        await using var host = new EdgeHost();
        host.Batches.Results = () => new[] { 0 }.ToAsyncEnumerable().Select(BatchItemResult (_) =>
            throw new Npgsql.NpgsqlException("x", new System.Net.Sockets.SocketException()));

        using var response = await host.CreateClient().GetAsync($"/api/v1/batch/{ScriptedBatches.Known}/results", TestContext.CancellationToken);

        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        await EdgeHost.ReadProblemAsync(response, TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Events_TellEachChangeUntilTheEnd()
    {
        var time = new FakeTimeProvider();
        await using var host = new EdgeHost { Time = time };
        var begun = ScriptedBatches.View(2, BatchPriority.Low) with { Status = BatchStatus.Running, Running = 2, Pending = 0 };
        host.Batches.Looks.Clear();
        host.Batches.Looks.Enqueue(ScriptedBatches.View(2, BatchPriority.Low));
        host.Batches.Looks.Enqueue(begun);
        host.Batches.Looks.Enqueue(begun);
        host.Batches.Looks.Enqueue(begun with { Status = BatchStatus.Completed, Running = 0, Succeeded = 2 });

        var events = await WatchAsync(host, time);

        CollectionAssert.AreEqual(new[] { "progress", "progress", "done" }, events.Select(item => item.EventType).ToArray());
        Assert.AreEqual(2, JsonElement.Parse(events[^1].Data).GetProperty("succeeded").GetInt32());
    }

    [TestMethod]
    public async Task Events_OfABatchThatCanNoLongerBeRead_EndInAnError()
    {
        var time = new FakeTimeProvider();
        await using var host = new EdgeHost { Time = time };
        host.Batches.Looks.Enqueue(new Failure(FailureCodes.DatabaseUnavailable, FailureKind.Unavailable, "It is away."));

        var events = await WatchAsync(host, time);

        CollectionAssert.AreEqual(new[] { "progress", "error" }, events.Select(item => item.EventType).ToArray());
        Assert.AreEqual(FailureCodes.DatabaseUnavailable, JsonElement.Parse(events[^1].Data).GetProperty("code").GetString());
    }

    private async Task<List<SseItem<string>>> WatchAsync(EdgeHost host, FakeTimeProvider time)
    {
        using var response = await host.CreateClient().GetAsync(
            $"/api/v1/batch/{ScriptedBatches.Known}/events", HttpCompletionOption.ResponseHeadersRead, TestContext.CancellationToken);
        var reading = response.ReadEventsAsync(TestContext.CancellationToken);
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return reading.IsCompleted;
            },
            TimeSpan.FromSeconds(20), "the last event", TestContext.CancellationToken);
        return await reading;
    }
}
