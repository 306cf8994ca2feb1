using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Capibara6.Core;
using Capibara6.Core.Queries;

namespace Capibara6.Tests.Api.ChatCompletions;

[TestClass]
public sealed class ChatCompletionTests
{
    private const string Path = "/v1/chat/completions";

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Chat_Answered_HasOpenAIsShape()
    {
        await using var host = new EdgeHost();

        using var response = await PostAsync(host, """{"model":"auto","messages":[{"role":"user","content":"Hi"}]}""");

        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        var text = await response.Content.ReadAsStringAsync(TestContext.CancellationToken);
        Assert.AreEqual(
            """{"id":"chatcmpl-0197a3c0000070008000000000000001","object":"chat.completion","created":1795492800,"model":"capibara6-20b","choices":[{"index":0,"message":{"role":"assistant","content":"Olá, mundo: def f(): …","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":5,"total_tokens":12}}""",
            text);
    }

    [TestMethod]
    public async Task Chat_Conversation_IsQueryAndHistory()
    {
        await using var host = new EdgeHost();

        using var response = await PostAsync(host, """
            {"model":"capibara6-120b","max_completion_tokens":9,"temperature":0,"user":"u","n":1,"seed":4,"tools":[],"messages":[
              {"role":"developer","content":"Be brief."},
              {"role":"user","content":"One?","name":"ann"},
              {"role":"assistant","content":"Two.","refusal":null},
              {"role":"user","content":[{"type":"text","text":"Three?"},{"type":"text","text":"Four?"}]}]}
            """);

        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        var request = host.Pipeline.Requests.Single();
        Assert.AreEqual("Three?\nFour?", request.Query);
        Assert.AreEqual("capibara6-120b", request.Model);
        Assert.AreEqual(9, request.MaxTokens);
        Assert.AreEqual(0f, request.Temperature);
        CollectionAssert.AreEqual(
            new QueryTurn[] { new("system", "Be brief."), new("user", "One?"), new("assistant", "Two.") }, request.History.ToArray());
    }

    [TestMethod]
    public async Task Chat_BoundOnTokensUsedUp_FinishesForLength()
    {
        await using var host = new EdgeHost();

        using var response = await PostAsync(host, """{"model":"auto","max_tokens":5,"messages":[{"role":"user","content":"Hi"}]}""");

        var body = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken);
        Assert.AreEqual("length", body.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    [TestMethod]
    public async Task Chat_Streamed_SendsChunksUsageAndDone()
    {
        await using var host = new EdgeHost();

        using var response = await PostAsync(host, """
            {"model":"auto","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"Hi"}]}
            """);
        var events = await response.ReadEventsAsync(TestContext.CancellationToken);

        Assert.AreEqual("[DONE]", events[^1].Data);
        var chunks = events[..^1].Select(item => JsonElement.Parse(item.Data)).ToArray();
        Assert.HasCount(1, chunks.Select(chunk => chunk.GetProperty("id").GetString()).Distinct());
        Assert.AreEqual("assistant", Delta(chunks[0]).GetProperty("role").GetString());
        Assert.AreEqual("Olá, mundo:\ndef f(): …", string.Concat(chunks[..^2].Select(chunk => Delta(chunk).GetProperty("content").GetString())));
        Assert.AreEqual("stop", chunks[^2].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.AreEqual(0, chunks[^1].GetProperty("choices").GetArrayLength());
        Assert.AreEqual(12, chunks[^1].GetProperty("usage").GetProperty("total_tokens").GetInt32());
        Assert.AreEqual("capibara6-20b", chunks[0].GetProperty("model").GetString());
    }

    [TestMethod]
    public async Task Chat_StreamThatBreaks_EndsInAnErrorAndWithoutDone()
    {
        await using var host = new EdgeHost();
        var failure = new Failure(FailureCodes.ModelUnavailable, FailureKind.Unavailable, "No model answers.");
        host.Pipeline.Stream = (_, _) => new QueryEvent[] { new QueryEvent.Token("a"), new QueryEvent.Failed(failure) }.ToAsyncEnumerable();

        using var response = await PostAsync(host, """{"model":"auto","stream":true,"messages":[{"role":"user","content":"Hi"}]}""");
        var events = await response.ReadEventsAsync(TestContext.CancellationToken);

        Assert.AreEqual(
            FailureCodes.ModelUnavailable, JsonElement.Parse(events[^1].Data).GetProperty("error").GetProperty("code").GetString());
    }

    [TestMethod]
    [DataRow("{}", "missing_field", "model")]
    [DataRow("""{"model":"auto","messages":[]}""", "invalid_value", "messages")]
    [DataRow("""{"model":"auto","messages":[null]}""", "invalid_type", "messages[0]")]
    [DataRow("""{"model":"auto","messages":[{"role":"user"}]}""", "missing_field", "messages[0].content")]
    [DataRow("""{"model":"auto","messages":[{"role":"user","content":null}]}""", "invalid_type", "messages[0].content")]
    [DataRow("""{"model":"auto","messages":[{"role":"boss","content":"x"}]}""", "invalid_value", "messages[0].role")]
    [DataRow("""{"model":"auto","messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"}]}""", "invalid_value", "messages[1].role")]
    [DataRow("""{"model":"auto","messages":[{"role":"user","content":[{"type":"image_url","image_url":{}}]}]}""", "unknown_field", "messages[0].content[0].image_url")]
    [DataRow("""{"model":"auto","messages":[{"role":"user","content":[{"type":"input_audio"}]}]}""", "unsupported_parameter", "messages[0].content[0]")]
    [DataRow("""{"model":"auto","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function"}]}""", "unsupported_parameter", "tools")]
    [DataRow("""{"model":"auto","messages":[{"role":"user","content":"x"}],"n":2}""", "unsupported_parameter", "n")]
    [DataRow("""{"model":"auto","messages":[{"role":"user","content":"x"}],"top_p":0.5}""", "unsupported_parameter", "top_p")]
    [DataRow("""{"model":"auto","messages":[{"role":"user","content":"x"}],"stop":["\n"]}""", "unsupported_parameter", "stop")]
    [DataRow("""{"model":"auto","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_object"}}""", "unsupported_parameter", "response_format")]
    [DataRow("""{"model":"auto","messages":[{"role":"user","content":"x"}],"tempersture":1}""", "unknown_field", "tempersture")]
    public async Task Chat_BadRequest_HasOpenAIsErrorShape(string body, string code, string param)
    {
        await using var host = new EdgeHost();

        using var response = await PostAsync(host, body);

        Assert.AreEqual(HttpStatusCode.BadRequest, response.StatusCode, string.Join('\n', host.Log.Entries));
        var error = (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken)).GetProperty("error");
        Assert.AreEqual(code, error.GetProperty("code").GetString(), error.ToString());
        Assert.AreEqual(param, error.GetProperty("param").GetString());
        Assert.AreEqual("invalid_request_error", error.GetProperty("type").GetString());
        Assert.IsEmpty(host.Pipeline.Requests);
    }

    [TestMethod]
    [DataRow("query", false, "messages[1].content")]
    [DataRow("query", true, "messages[1].content")]
    [DataRow("history", false, "messages")]
    [DataRow("max_tokens", false, "max_completion_tokens")]
    [DataRow("temperature", true, "temperature")]
    public async Task Chat_FailureOfCore_NamesTheFieldAsTheClientWroteIt(string field, bool stream, string param)
    {
        await using var host = new EdgeHost();
        var failure = new Failure(FailureCodes.InvalidRequest, FailureKind.Invalid, "It is wrong.") { Field = field };
        host.Pipeline.Execute = (_, _) => Task.FromResult<Outcome<QueryResult>>(failure);
        host.Pipeline.Stream = (_, _) => new QueryEvent[] { new QueryEvent.Failed(failure) }.ToAsyncEnumerable();

        using var response = await PostAsync(host, $$"""
            {"model":"auto","max_completion_tokens":1,"stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]}
            """);

        Assert.AreEqual(HttpStatusCode.BadRequest, response.StatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken);
        Assert.AreEqual(param, body.GetProperty("error").GetProperty("param").GetString());
    }

    [TestMethod]
    [DataRow("/v1/models/none", HttpStatusCode.NotFound, "model_not_found")]
    [DataRow("/v1/embeddings", HttpStatusCode.NotFound, "not_found")]
    [DataRow("/v1/chat/completions", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    public async Task OtherAddress_UnderV1_HasOpenAIsErrorShape(string path, HttpStatusCode status, string code)
    {
        await using var host = new EdgeHost();

        using var response = await host.CreateClient().GetAsync(path, TestContext.CancellationToken);

        Assert.AreEqual(status, response.StatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken);
        Assert.AreEqual(code, body.GetProperty("error").GetProperty("code").GetString());
    }

    [TestMethod]
    public async Task Models_Listed_IncludeAuto()
    {
        await using var host = new EdgeHost();

        var list = await host.CreateClient().GetFromJsonAsync<JsonElement>("/v1/models", TestContext.CancellationToken);

        Assert.AreEqual("list", list.GetProperty("object").GetString());
        CollectionAssert.AreEqual(
            new[] { "auto", "capibara6-20b", "capibara6-120b" },
            list.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()).ToArray());
    }

    private static JsonElement Delta(JsonElement chunk) => chunk.GetProperty("choices")[0].GetProperty("delta");

    private async Task<HttpResponseMessage> PostAsync(EdgeHost host, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await host.CreateClient().PostAsync(Path, content, TestContext.CancellationToken);
    }
}
