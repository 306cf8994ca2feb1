using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Capibara6.Core;
using Capibara6.Core.Queries;

namespace Capibara6.Tests.Api.Queries;

[TestClass]
public sealed class QueryEndpointTests
{
    private static readonly Failure s_unavailable = new(FailureCodes.ModelUnavailable, FailureKind.Unavailable, "No model answers.");

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Query_Answered_HasTheNamesOfTheContract()
    {
        await using var host = new EdgeHost();

        using var response = await host.CreateClient().PostAsJsonAsync("/api/v1/query", new { query = "How?" }, TestContext.CancellationToken);

        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        Assert.AreEqual("application/json", response.Content.Headers.ContentType?.MediaType);
        var text = await response.Content.ReadAsStringAsync(TestContext.CancellationToken);
        Assert.AreEqual(
            """{"id":"0197a3c0-0000-7000-8000-000000000001","query":"How?","result":"Olá, mundo: def f(): …","model_used":"capibara6-20b","routing":{"model_20b_confidence":0.8,"model_120b_confidence":0.2,"selected_model":"capibara6-20b","reasoning":"short and simple","complexity":0.1,"domain":"code"},"ace":{"enhanced_context":"","awareness_score":0,"playbook_used":null},"e2b":null,"cached":false,"usage":{"prompt_tokens":7,"completion_tokens":5,"cost_usd":0.0001},"processing_time_ms":1.235,"timestamp":"2026-11-24T04:00:00Z"}""",
            text);
    }

    [TestMethod]
    public async Task Query_AllFields_ReachThePipeline()
    {
        await using var host = new EdgeHost();
        var body = new
        {
            query = "How?",
            context = new Dictionary<string, string> { ["a"] = "b" },
            model = "capibara6-120b",
            max_tokens = 10,
            temperature = 0.5,
            use_cache = false,
        };

        using var response = await host.CreateClient().PostAsJsonAsync("/api/v1/query", body, TestContext.CancellationToken);

        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        var request = host.Pipeline.Requests.Single();
        Assert.AreEqual("How?", request.Query);
        Assert.AreEqual("b", request.Context["a"]);
        Assert.AreEqual("capibara6-120b", request.Model);
        Assert.AreEqual(10, request.MaxTokens);
        Assert.AreEqual(0.5f, request.Temperature);
        Assert.IsFalse(request.UseCache);
    }

    [TestMethod]
    public async Task Stream_Answered_SendsEachEventUnderItsName()
    {
        await using var host = new EdgeHost();

        using var response = await StreamAsync(host, TestContext.CancellationToken);
        var events = await response.ReadEventsAsync(TestContext.CancellationToken);

        CollectionAssert.AreEqual(
            new[] { "routing", "context", "token", "token", "done" }, events.Select(item => item.EventType).ToArray());
        Assert.AreEqual("Olá, mundo:\n", Parse(events[2]).GetProperty("text").GetString());
        Assert.AreEqual("capibara6-20b", Parse(events[0]).GetProperty("selected_model").GetString());
        Assert.AreEqual("x", Parse(events[4]).GetProperty("query").GetString());
        Assert.IsTrue(response.Headers.CacheControl?.NoStore);
    }

    [TestMethod]
    public async Task Stream_Token_ArrivesBeforeTheNextOneIsThere()
    {
        await using var host = new EdgeHost();
        var seen = new TaskCompletionSource();
        host.Pipeline.Stream = SendOneAndWaitAsync;

        using var response = await StreamAsync(host, TestContext.CancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.CancellationToken);
        List<string> names = [];
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(TestContext.CancellationToken))
        {
            names.Add(item.EventType);
            seen.TrySetResult();
        }

        CollectionAssert.AreEqual(new[] { "token", "done" }, names);

        async IAsyncEnumerable<QueryEvent> SendOneAndWaitAsync(QueryRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            yield return new QueryEvent.Token("a");
            await seen.Task.WaitAsync(cancellationToken);
            yield return new QueryEvent.Done(Answers.To(request.Query));
        }
    }

    [TestMethod]
    public async Task Stream_FailureBeforeTheFirstToken_IsAPlainStatus()
    {
        await using var host = new EdgeHost();
        host.Pipeline.Stream = (_, _) => new QueryEvent[]
        {
            new QueryEvent.Routed(Answers.Routing), new QueryEvent.Enriched(Answers.Ace), new QueryEvent.Failed(s_unavailable),
        }.ToAsyncEnumerable();

        using var response = await StreamAsync(host, TestContext.CancellationToken);

        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        var problem = await EdgeHost.ReadProblemAsync(response, TestContext.CancellationToken);
        Assert.AreEqual(FailureCodes.ModelUnavailable, problem.GetProperty("code").GetString());
    }

    [TestMethod]
    public async Task Stream_FailureAfterTheFirstToken_IsTheLastEvent()
    {
        await using var host = new EdgeHost();
        host.Pipeline.Stream = (_, _) => new QueryEvent[] { new QueryEvent.Token("a"), new QueryEvent.Failed(s_unavailable) }.ToAsyncEnumerable();

        using var response = await StreamAsync(host, TestContext.CancellationToken);
        var events = await response.ReadEventsAsync(TestContext.CancellationToken);

        Assert.AreEqual("error", events[^1].EventType);
        Assert.AreEqual(FailureCodes.ModelUnavailable, Parse(events[^1]).GetProperty("code").GetString());
    }

    [TestMethod]
    public async Task Stream_ExceptionAfterTheFirstToken_IsAnErrorEventWithoutItsText()
    {
        await using var host = new EdgeHost();
        host.Pipeline.Stream = (_, _) => new[] { 0, 1 }.ToAsyncEnumerable().Select(number => number == 0
            ? new QueryEvent.Token("a")
            : throw new InvalidOperationException("password=hunter2"));

        using var response = await StreamAsync(host, TestContext.CancellationToken);
        var events = await response.ReadEventsAsync(TestContext.CancellationToken);

        Assert.AreEqual("error", events[^1].EventType);
        Assert.AreEqual("internal_error", Parse(events[^1]).GetProperty("code").GetString());
        Assert.DoesNotContain("hunter2", events[^1].Data);
    }

    [TestMethod]
    public async Task Stream_ClientHangsUp_EndsTheSource()
    {
        await using var host = new EdgeHost();
        var ended = new TaskCompletionSource();
        host.Pipeline.Stream = SendForeverAsync;

        using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(TestContext.CancellationToken);
        var response = await StreamAsync(host, hangUp.Token);
        await using (var stream = await response.Content.ReadAsStreamAsync(hangUp.Token))
        {
            await stream.ReadExactlyAsync(new byte[16], hangUp.Token);
            await hangUp.CancelAsync();
        }

        response.Dispose();
        await ended.Task.WaitAsync(TestContext.CancellationToken);
        Assert.DoesNotContain(entry => entry.Level >= Microsoft.Extensions.Logging.LogLevel.Warning, host.Log.Entries);

        async IAsyncEnumerable<QueryEvent> SendForeverAsync(QueryRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            try
            {
                yield return new QueryEvent.Token("a");
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }
            finally
            {
                ended.SetResult();
            }
        }
    }

    [TestMethod]
    public async Task Stream_BadBody_IsAProblemAndNoStream()
    {
        await using var host = new EdgeHost();

        using var response = await host.CreateClient().PostAsJsonAsync("/api/v1/query/stream", new { }, TestContext.CancellationToken);

        Assert.AreEqual(HttpStatusCode.BadRequest, response.StatusCode);
        await EdgeHost.ReadProblemAsync(response, TestContext.CancellationToken);
    }

    private static JsonElement Parse(SseItem<string> item) => JsonElement.Parse(item.Data);

    private static async Task<HttpResponseMessage> StreamAsync(EdgeHost host, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/query/stream") { Content = JsonContent.Create(new { query = "x" }) };
        return await host.CreateClient().SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }
}
