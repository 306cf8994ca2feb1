using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Capibara6.Tests.Api.ChatCompletions;

/// <summary>Bytes to the model and bytes back, through the whole path, with an endpoint that does what a test says.</summary>
[TestClass]
public sealed class PassThroughTests
{
    private const string Ask = """{"model":"capibara6-20b","messages":[{"role":"user","content":"Hi"}]}""";
    private const string AskForStream = """{"model":"capibara6-20b","stream":true,"messages":[{"role":"user","content":"Hi"}]}""";

    private static PassThroughFixture s_fixture = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => s_fixture = await PassThroughFixture.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await s_fixture.DisposeAsync();

    [TestInitialize]
    public void Reset() => s_fixture.Reset();

    [TestMethod]
    public async Task Parameters_AHundredKnownUnknownAndNested_ReachTheModelByteForByte()
    {
        var random = new Random(11);
        string[] known =
        [
            "tools", "tool_choice", "response_format", "stop", "top_p", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs", "seed",
            "logit_bias", "reasoning_effort", "parallel_tool_calls", "modalities", "audio", "prediction", "metadata", "service_tier", "verbosity", "web_search_options",
        ];
        List<string> fields = [.. known.Select(name => $"\"{name}\" : {Value(random, 0)}")];
        fields.AddRange(Enumerable.Range(0, 80).Select(index => $"\"field_{index}_\\u00e9\":{Value(random, 0)}"));
        var body = "{" + string.Join(", ", [.. fields.Take(50), "\"model\":\"capibara6-120b\"", .. fields.Skip(50), "\"messages\":[ {\"role\":\"developer\",\"content\":null,\"x\":1.0e1} ]"]) + "\n}";

        using var response = await PostAsync("/v1/chat/completions", body);

        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode, await response.Content.ReadAsStringAsync(Token));
        Assert.AreEqual(body, Encoding.UTF8.GetString(s_fixture.Upstream.Requests.Single().Body));
        Assert.AreEqual("Bearer upstream-key", s_fixture.Upstream.Requests.Single().Key);
    }

    [TestMethod]
    public async Task Answer_OfTheModel_ReachesTheCallerByteForByte()
    {
        var answer = """{ "choices":[{"message":{"content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}],"new":[1,{"y":null}]},"finish_reason":"tool_calls"}], "unknown":"\u00e9\ud83d\ude00", "usage":{"prompt_tokens":2,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":2}} }""";
        s_fixture.Upstream.Answer = context => ScriptedUpstream.WriteAsync(context, answer);

        using var response = await PostAsync("/v1/chat/completions", Ask);

        Assert.AreEqual(answer, await response.Content.ReadAsStringAsync(Token));
        Assert.AreEqual("capibara6-20b", Header(response, "x-capibara6-model"));
        Assert.AreEqual("named", Header(response, "x-capibara6-route"));
        Assert.AreEqual("false", Header(response, "x-capibara6-cached"));
        Assert.AreEqual("0.0000003", Header(response, "x-capibara6-cost"));
        Assert.AreNotEqual("", Header(response, "x-request-id"));
        Assert.AreNotEqual("", Header(response, "openai-processing-ms"));
    }

    [TestMethod]
    public async Task Stream_CutIntoEveryPieces_ReachesTheCallerByteForByteWithoutItsCounts()
    {
        const string Counts = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}\r\n\r\n";
        const string Head = ": hello\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ü\"}}],\"usage\":null}\r\n\r\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\n";
        const string Tail = "data: [DONE]\n\n";
        var whole = Encoding.UTF8.GetBytes(Head + Counts + Tail);
        for (var piece = 1; piece <= 64; piece = piece < 8 ? piece + 1 : piece * 2)
        {
            s_fixture.Upstream.Answer = async context =>
            {
                ScriptedUpstream.BeginStream(context);
                for (var at = 0; at < whole.Length; at += piece)
                {
                    await context.Response.Body.WriteAsync(whole.AsMemory(at, Math.Min(piece, whole.Length - at)), context.RequestAborted);
                    await context.Response.Body.FlushAsync(context.RequestAborted);
                }
            };

            using var without = await PostAsync("/v1/chat/completions", AskForStream);
            Assert.AreEqual("text/event-stream", without.Content.Headers.ContentType?.MediaType);
            Assert.AreEqual(Head + Tail, await without.Content.ReadAsStringAsync(Token), $"pieces of {piece}");
            using var with = await PostAsync("/v1/chat/completions", AskForStream.Replace("\"stream\":true", "\"stream\":true,\"stream_options\":{\"include_usage\":true}", StringComparison.Ordinal));
            Assert.AreEqual(Head + Counts + Tail, await with.Content.ReadAsStringAsync(Token), $"pieces of {piece}");
        }
    }

    [TestMethod]
    public async Task Stream_ThatBreaks_EndsInAnErrorWithoutDone()
    {
        s_fixture.Upstream.Answer = async context =>
        {
            ScriptedUpstream.BeginStream(context);
            await context.Response.WriteAsync("data: {\"choices\":[{\"delta\":{\"content\":\"half\"}}]}\n\ndata: {\"choi", context.RequestAborted);
            await ScriptedUpstream.CutAsync(context);
        };

        using var response = await PostAsync("/v1/chat/completions", AskForStream);
        var events = await response.ReadEventsAsync(Token);

        Assert.HasCount(2, events);
        Assert.AreEqual("model_unavailable", JsonElement.Parse(events[1].Data).GetProperty("error").GetProperty("code").GetString());
    }

    [TestMethod]
    public async Task Stream_CallerLeaves_EndsTheModelsWork()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        s_fixture.Upstream.Answer = async context =>
        {
            await using var registration = context.RequestAborted.Register(ended.SetResult);
            ScriptedUpstream.BeginStream(context);
            await context.Response.WriteAsync("data: {\"choices\":[{\"delta\":{\"content\":\"one\"}}]}\n\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await ended.Task;
        };

        using (var response = await SendAsync("/v1/chat/completions", AskForStream))
        {
            await using var stream = await response.Content.ReadAsStreamAsync(Token);
            await stream.ReadExactlyAsync(new byte[10], Token);
        }

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(10), Token);
    }

    [TestMethod]
    public async Task Stream_ReaderWhoIsSlow_GetsAllOfIt()
    {
        var frame = Encoding.UTF8.GetBytes($"data: {{\"choices\":[{{\"delta\":{{\"content\":\"{new string('x', 4000)}\"}}}}]}}\n\n");
        const int Frames = 2_000;
        s_fixture.Upstream.Answer = async context =>
        {
            ScriptedUpstream.BeginStream(context);
            for (var index = 0; index < Frames; index++)
            {
                await context.Response.Body.WriteAsync(frame, context.RequestAborted);
            }

            await context.Response.WriteAsync("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n", context.RequestAborted);
        };

        using var response = await SendAsync("/v1/chat/completions", AskForStream);
        await using var stream = await response.Content.ReadAsStreamAsync(Token);
        var buffer = new byte[1000];
        long length = 0;
        var reads = 0;
        for (var read = 1; read > 0; length += read)
        {
            read = await stream.ReadAsync(buffer, Token);
            if (++reads % 100 == 0)
            {
                await Task.Yield();
            }
        }

        Assert.IsGreaterThan((long)Frames * frame.Length, length);
    }

    [TestMethod]
    [DataRow("gzip")]
    [DataRow("br")]
    [DataRow("deflate")]
    public async Task Answer_CompressedUnasked_IsRead(string encoding)
    {
        s_fixture.Upstream.Answer = async context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.Headers.ContentEncoding = encoding;
            await using Stream compressed = encoding switch
            {
                "gzip" => new GZipStream(context.Response.Body, CompressionLevel.Fastest),
                "br" => new BrotliStream(context.Response.Body, CompressionLevel.Fastest),
                _ => new ZLibStream(context.Response.Body, CompressionLevel.Fastest),
            };
            await compressed.WriteAsync(Encoding.UTF8.GetBytes(ScriptedUpstream.WholeAnswer), context.RequestAborted);
        };

        using var response = await PostAsync("/v1/chat/completions", Ask);

        Assert.AreEqual(ScriptedUpstream.WholeAnswer, await response.Content.ReadAsStringAsync(Token));
        Assert.IsEmpty(response.Content.Headers.ContentEncoding);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Answer_OfAHundredMegabytes_IsPassedOn(bool withLength)
    {
        const int Megabytes = 100;
        var head = Encoding.UTF8.GetBytes("""{"choices":[{"message":{"content":" """.TrimEnd());
        var filler = Encoding.UTF8.GetBytes(new string('a', 1024 * 1024));
        var tail = Encoding.UTF8.GetBytes(""" "},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}""");
        long expected = head.Length + ((long)Megabytes * filler.Length) + tail.Length;
        s_fixture.Upstream.Answer = async context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = withLength ? expected : null;
            await context.Response.Body.WriteAsync(head, context.RequestAborted);
            for (var index = 0; index < Megabytes; index++)
            {
                await context.Response.Body.WriteAsync(filler, context.RequestAborted);
            }

            await context.Response.Body.WriteAsync(tail, context.RequestAborted);
        };

        using var response = await SendAsync("/v1/chat/completions", Ask);
        await using var stream = await response.Content.ReadAsStreamAsync(Token);
        long length = 0;
        var buffer = new byte[64 * 1024];
        for (var read = 1; read > 0; length += read)
        {
            read = await stream.ReadAsync(buffer, Token);
        }

        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        Assert.AreEqual(expected, length);
    }

    [TestMethod]
    [DataRow(400, """{"error":{"message":"too long","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"},"extra":1}""", 400, "context_length_exceeded")]
    [DataRow(422, """{"error":{"message":"no","type":"invalid_request_error","param":null,"code":null}}""", 422, null)]
    [DataRow(400, "plain text", 400, "model_refused")]
    [DataRow(401, """{"error":{"message":"Incorrect API key: upstream-key","type":"x","param":null,"code":"invalid_api_key"}}""", 502, "model_key_refused")]
    [DataRow(404, """{"error":"model 'up' not found"}""", 502, "model_missing")]
    [DataRow(429, """{"error":{"message":"slow down","type":"requests","param":null,"code":"rate_limit_exceeded"}}""", 429, "model_overloaded")]
    [DataRow(500, "<html>", 503, "model_unavailable")]
    [DataRow(200, "<html>", 503, "model_unavailable")]
    [DataRow(200, """{"error":{"message":"x"}}""", 503, "model_unavailable")]
    [DataRow(302, "", 503, "model_unavailable")]
    public async Task Error_OfTheModel_KeepsItsMeaning(int upstream, string body, int status, string? code)
    {
        s_fixture.Upstream.Answer = context =>
        {
            context.Response.Headers.RetryAfter = "7";
            return ScriptedUpstream.WriteAsync(context, upstream, body);
        };

        foreach (var ask in (string[])[Ask, AskForStream])
        {
            using var response = await PostAsync("/v1/chat/completions", ask);
            var text = await response.Content.ReadAsStringAsync(Token);

            Assert.AreEqual(status, (int)response.StatusCode, text);
            Assert.AreEqual(code, JsonElement.Parse(text).GetProperty("error").GetProperty("code").GetString());
            Assert.DoesNotContain("upstream-key", text);
            if (status == 429)
            {
                Assert.AreEqual(TimeSpan.FromSeconds(7), response.Headers.RetryAfter?.Delta);
            }

            if (upstream == 400 && body[0] == '{')
            {
                Assert.AreEqual(body, text);
            }
        }
    }

    [TestMethod]
    public async Task Settings_ThatAreWrong_StandInTheLogAndInDetailedHealth()
    {
        s_fixture.Upstream.Answer = context => ScriptedUpstream.WriteAsync(context, 404, """{"error":"model not found"}""");
        using var response = await PostAsync("/v1/chat/completions", Ask);

        var health = await s_fixture.Client.GetFromJsonAsync<JsonElement>("/health/detailed", Token);
        var models = health.GetProperty("parts").GetProperty("models");
        Assert.AreEqual("degraded", models.GetProperty("status").GetString());
        Assert.Contains("Models:Small", models.GetProperty("data").GetProperty("capibara6-20b").GetString()!);
        Assert.Contains("set Models:Small to the name that it has", string.Join('\n', s_fixture.Host.Log.Entries));
    }

    [TestMethod]
    [DataRow("/v1/completions", """{"model":"auto","prompt":"a","best_of":2}""")]
    [DataRow("/v1/embeddings", """{"model":"capibara6-20b","input":["a"],"dimensions":8}""")]
    [DataRow("/v1/moderations", """{"model":"capibara6-20b","input":"a"}""")]
    public async Task Neighbour_OfChat_PassesThrough(string path, string body)
    {
        const string Answer = """{"object":"list","data":[{"embedding":[0.1]}],"choices":[{"text":"x","finish_reason":"stop"}],"usage":{"prompt_tokens":5,"total_tokens":5}}""";
        s_fixture.Upstream.Answer = context => ScriptedUpstream.WriteAsync(context, Answer);

        using var response = await PostAsync(path, body);

        Assert.AreEqual(Answer, await response.Content.ReadAsStringAsync(Token));
        Assert.AreEqual(path, s_fixture.Upstream.Requests.Single().Path);
        Assert.AreEqual(body.Replace("auto", "capibara6-20b", StringComparison.Ordinal), Encoding.UTF8.GetString(s_fixture.Upstream.Requests.Single().Body));
    }

    [TestMethod]
    [DataRow("""{"model":"auto","input":"a","store":true}""", "store")]
    [DataRow("""{"model":"auto","input":"a","previous_response_id":"resp_1"}""", "previous_response_id")]
    public async Task Response_ThatWouldBeStored_IsRefused(string body, string field)
    {
        using var response = await PostAsync("/v1/responses", body);

        Assert.AreEqual(HttpStatusCode.BadRequest, response.StatusCode);
        var error = (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("error");
        Assert.AreEqual(("unsupported_parameter", field), (error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
        Assert.IsEmpty(s_fixture.Upstream.Requests);
    }

    [TestMethod]
    public async Task Body_OfManyMegabytes_IsTakenUpToTheBound()
    {
        var image = new string('A', 15 * 1024 * 1024);
        var body = """{"model":"auto","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,IMAGE"}}]}]}"""
            .Replace("IMAGE", image, StringComparison.Ordinal);
        using var taken = await PostAsync("/v1/chat/completions", body);
        Assert.AreEqual(HttpStatusCode.OK, taken.StatusCode);
        Assert.HasCount(body.Length + "capibara6-20b".Length - "auto".Length, s_fixture.Upstream.Requests.Single().Body);

        using var refused = await PostAsync("/v1/chat/completions", body + new string(' ', 6 * 1024 * 1024));
        Assert.AreEqual(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
    }

    private static string Value(Random random, int depth) => random.Next(depth > 3 ? 6 : 8) switch
    {
        0 => "null",
        1 => "true",
        2 => random.Next().ToString(System.Globalization.CultureInfo.InvariantCulture),
        3 => "1.50E+2",
        4 => "\"text \\u0041 \\\"ü\\\" \\n\"",
        5 => "\"\"",
        6 => $"[{Value(random, depth + 1)} ,{Value(random, depth + 1)}]",
        _ => $"{{ \"a b\": {Value(random, depth + 1)},\"model\":{Value(random, depth + 1)}}}",
    };

    private static string Header(HttpResponseMessage response, string name) => PassThroughFixture.Header(response, name);

    private Task<HttpResponseMessage> PostAsync(string path, string body) => s_fixture.PostAsync(path, body, Token);

    private Task<HttpResponseMessage> SendAsync(string path, string body) => s_fixture.SendAsync(path, body, Token);
}
