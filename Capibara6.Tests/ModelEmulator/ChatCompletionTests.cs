using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Capibara6.ModelEmulator;
using Capibara6.ModelEmulator.Tokens;

namespace Capibara6.Tests.ModelEmulator;

[TestClass]
public sealed class ChatCompletionTests
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
    public async Task Completion_OfAQuestion_HasTheProtocolsShapeAndSaysWhatItIs()
    {
        var answer = await AskAsync(EmulatorClient.Question("What is the capital of Peru?"));

        Assert.AreEqual("chat.completion", answer.GetProperty("object").GetString());
        Assert.AreEqual("emulator-20b", answer.GetProperty("model").GetString());
        Assert.StartsWith("chatcmpl-", answer.GetProperty("id").GetString());
        var choice = answer.GetProperty("choices")[0];
        Assert.AreEqual("assistant", choice.GetProperty("message").GetProperty("role").GetString());
        Assert.AreEqual("stop", choice.GetProperty("finish_reason").GetString());
        var text = choice.GetProperty("message").GetProperty("content").GetString()!;
        Assert.Contains("model emulator", text);
        Assert.Contains("no language model was asked", text);
        Assert.Contains("What is the capital of Peru?", text);
        var usage = answer.GetProperty("usage");
        Assert.AreEqual(Tokenizer.Count(text), usage.GetProperty("completion_tokens").GetInt32());
        Assert.AreEqual(
            usage.GetProperty("prompt_tokens").GetInt32() + usage.GetProperty("completion_tokens").GetInt32(),
            usage.GetProperty("total_tokens").GetInt32());
    }

    [TestMethod]
    public async Task Completion_SameConversation_IsTheSameText()
    {
        var first = await AskAsync(EmulatorClient.Question("How do bees fly?"));
        var second = await AskAsync(EmulatorClient.Question("How do bees fly?"));

        Assert.AreEqual(TextOf(first), TextOf(second));
        Assert.AreNotEqual(first.GetProperty("id").GetString(), second.GetProperty("id").GetString());
    }

    [TestMethod]
    [DataRow("How to create a Python function?")]
    [DataRow("Write a function for \"quotes\" \\ and ümläuts \U0001F600\n\"\"\"")]
    [DataRow("Show me fibonacci")]
    [DataRow("factorial in python")]
    [DataRow("the first prime numbers, as a program")]
    [DataRow("How do I sort a list?")]
    public async Task Completion_QuestionAboutProgramming_HoldsPythonThatRuns(string question)
    {
        var text = TextOf(await AskAsync(EmulatorClient.Question(question)));
        var code = text.Split("```python\n")[1].Split("```")[0];

        if (FindPython() is not { } interpreter)
        {
            Assert.Inconclusive("No python3 on the PATH to run the program with.");
            return;
        }

        using var python = Process.Start(new ProcessStartInfo(interpreter) { ArgumentList = { "-c", code }, RedirectStandardOutput = true })!;
        var output = await python.StandardOutput.ReadToEndAsync(Token);
        await python.WaitForExitAsync(Token);

        Assert.AreEqual(0, python.ExitCode);
        Assert.IsFalse(string.IsNullOrWhiteSpace(output));
    }

    [TestMethod]
    public async Task Stream_OfAQuestion_IsTheSameTextInPieces()
    {
        var whole = TextOf(await AskAsync(EmulatorClient.Question("How do bees fly?")));
        var question = EmulatorClient.Question("How do bees fly?", stream: true);
        question["stream_options"] = new JsonObject { ["include_usage"] = true };

        using var response = await _client.SendAsync(EmulatorClient.Chat(question), HttpCompletionOption.ResponseHeadersRead, Token);

        Assert.AreEqual("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        var events = await response.ReadEventsAsync(Token);
        Assert.AreEqual("[DONE]", events[^1]);
        JsonElement[] chunks = [.. events.SkipLast(1).Select(data => JsonElement.Parse(data))];
        Assert.AreEqual("assistant", chunks[0].GetProperty("choices")[0].GetProperty("delta").GetProperty("role").GetString());
        Assert.AreEqual("stop", chunks[^2].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.AreEqual(0, chunks[^1].GetProperty("choices").GetArrayLength());
        Assert.AreEqual(Tokenizer.Count(whole), chunks[^1].GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        var text = string.Concat(chunks.SkipLast(2).Select(chunk => chunk.GetProperty("choices")[0].GetProperty("delta").GetProperty("content").GetString()));
        Assert.AreEqual(whole, text);
    }

    [TestMethod]
    [DataRow("max_tokens")]
    [DataRow("max_completion_tokens")]
    public async Task Completion_BoundInTokens_EndsThereAndSaysSo(string field)
    {
        var question = EmulatorClient.Question("How do bees fly?");
        question[field] = 5;

        var answer = await AskAsync(question);

        Assert.AreEqual("length", answer.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.AreEqual(5, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [TestMethod]
    public async Task Completion_StopText_EndsBeforeIt()
    {
        var question = EmulatorClient.Question("How do bees fly?");
        question["stop"] = new JsonArray(" speaking", "never there");

        Assert.AreEqual("This is the model emulator", TextOf(await AskAsync(question)));
    }

    [TestMethod]
    [DataRow("""{"messages":[{"role":"user","content":"a"}]}""", 400, "model")]
    [DataRow("""{"model":"emulator-20b"}""", 400, "messages")]
    [DataRow("""{"model":"emulator-20b","messages":[]}""", 400, "messages")]
    [DataRow("""{"model":"emulator-20b","messages":[{"role":"boss","content":"a"}]}""", 400, "messages[0].role")]
    [DataRow("""{"model":"emulator-20b","messages":[{"role":"user","content":7}]}""", 400, "messages[0].content")]
    [DataRow("""{"model":"emulator-20b","messages":[{"role":"user","content":[{"type":"image_url"}]}]}""", 400, "messages[0].content[0]")]
    [DataRow("""{"model":"emulator-20b","messages":[{"role":"user","content":"a"}],"n":129}""", 400, "n")]
    [DataRow("""{"model":"emulator-20b","messages":[{"role":"user","content":"a"}],"n":0}""", 400, "n")]
    [DataRow("""{"model":"emulator-20b","messages":[{"role":"user","content":"a"}],"temperature":3}""", 400, "temperature")]
    [DataRow("""{"model":"emulator-20b","messages":[{"role":"user","content":"a"}],"max_tokens":"many"}""", 400, "max_tokens")]
    [DataRow("""{"model":"emulator-20b","messages":[{"role":"user","content":"a"}],"stream":"yes"}""", 400, "stream")]
    [DataRow("""{"model":"emulator-20b","messages":[{"role":"user","content":"a"}],"stream_options":{}}""", 400, "stream_options")]
    [DataRow("""{"model":"emulator-20b","messages":[{"role":"user","content":"a"}],"stop":["a","b","c","d","e"]}""", 400, "stop")]
    [DataRow("""{"model":"emulator-20b","messages":[{"role":"user","content":"a"}],"max_tokens":40000}""", 400, "messages")]
    [DataRow("""{"model":"gpt-9","messages":[{"role":"user","content":"a"}]}""", 404, "model")]
    [DataRow("{", 400, null)]
    [DataRow("[]", 400, null)]
    public async Task Completion_RequestThatCantBeRight_NamesTheField(string body, int status, string? param)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync("v1/chat/completions", content, Token);

        Assert.AreEqual(status, (int)response.StatusCode);
        var error = (await response.ReadJsonAsync(Token)).GetProperty("error");
        Assert.AreEqual("invalid_request_error", error.GetProperty("type").GetString());
        Assert.AreEqual(param, error.GetProperty("param").GetString());
        Assert.IsFalse(string.IsNullOrWhiteSpace(error.GetProperty("message").GetString()));
    }

    [TestMethod]
    public async Task Models_Listed_AreThoseThatAnswer()
    {
        using var response = await _client.GetAsync("v1/models", Token);
        var list = await response.ReadJsonAsync(Token);
        string[] ids = [.. list.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()!)];
        CollectionAssert.AreEqual(new[] { "capibara6-20b", "capibara6-120b", "emulator-20b", "emulator-120b" }, ids);

        using var one = await _client.GetAsync("v1/models/emulator-120b", Token);
        Assert.AreEqual("model", (await one.ReadJsonAsync(Token)).GetProperty("object").GetString());
        using var none = await _client.GetAsync("v1/models/gpt-9", Token);
        Assert.AreEqual(HttpStatusCode.NotFound, none.StatusCode);
        Assert.AreEqual("model_not_found", (await none.ReadJsonAsync(Token)).GetProperty("error").GetProperty("code").GetString());
    }

    [TestMethod]
    [DataRow("GET", "v1/nowhere", 404)]
    [DataRow("GET", "v1/chat/completions", 405)]
    public async Task Call_ThatIsNone_GetsTheProtocolsError(string method, string path, int status)
    {
        using var response = await _client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Token);

        Assert.AreEqual(status, (int)response.StatusCode);
        Assert.AreEqual("invalid_request_error", (await response.ReadJsonAsync(Token)).GetProperty("error").GetProperty("type").GetString());
    }

    [TestMethod]
    public async Task Health_Asked_IsHealthy() =>
        Assert.AreEqual("""{"status":"Healthy"}""", await _client.GetStringAsync("health", Token));

    [TestMethod]
    [DataRow("")]
    [DataRow(" ")]
    [DataRow("a  b \n\n  c, d—\U0001F600x")]
    [DataRow("internationalisation of everything")]
    public void Tokens_Joined_AreTheText(string text)
    {
        Assert.AreEqual(text, string.Concat(Tokenizer.Split(text)));
        Assert.AreEqual(Tokenizer.Count(text), Tokenizer.Split(text).Count());
    }

    private static string? FindPython() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "python3"))
            .FirstOrDefault(File.Exists);

    private async Task<JsonElement> AskAsync(JsonNode question)
    {
        using var response = await _client.SendAsync(EmulatorClient.Chat(question), Token);
        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        return await response.ReadJsonAsync(Token);
    }

    private static string TextOf(JsonElement answer) =>
        answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
}
