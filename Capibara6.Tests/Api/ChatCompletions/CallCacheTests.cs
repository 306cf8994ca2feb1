using Microsoft.AspNetCore.Http;

namespace Capibara6.Tests.Api.ChatCompletions;

/// <summary>What a client expects of the cache of calls.</summary>
[TestClass]
public sealed class CallCacheTests
{
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
    public async Task Cache_OfCalls_FollowsTemperatureAndHeader()
    {
        var seed = 0;
        async Task<string> AskAsync(string fields, string? cache = null)
        {
            using var response = await PostAsync("/v1/chat/completions", $$"""{"model":"auto",{{fields}}"messages":[{"role":"user","content":"Cache {{seed}}"}]}""", cache);
            Assert.AreEqual(ScriptedUpstream.WholeAnswer, await response.Content.ReadAsStringAsync(Token));
            return Header(response, "x-capibara6-cached");
        }

        Assert.AreEqual("false", await AskAsync(""));
        Assert.AreEqual("false", await AskAsync(""), "a temperature above 0 is not cached");
        Assert.AreEqual("false", await AskAsync("\"temperature\":0,"));
        Assert.AreEqual("true", await AskAsync("\"temperature\":0,"));
        Assert.AreEqual("false", await AskAsync("\"temperature\":0,\"seed\":2,"), "another seed is another question");
        Assert.AreEqual("false", await AskAsync("\"temperature\":0,", "off"));
        Assert.AreEqual("false", await AskAsync("\"temperature\":0,", "refresh"));
        seed = 1;
        Assert.AreEqual("false", await AskAsync("\"temperature\":0,\"tools\":[{}],"));
        Assert.AreEqual("false", await AskAsync("\"temperature\":0,\"tools\":[{}],"), "what may call tools is not cached unasked");
        seed = 2;
        Assert.AreEqual("false", await AskAsync("", "use"));
        Assert.AreEqual("true", await AskAsync("", "use"));
    }

    [TestMethod]
    public async Task Cache_OfAStream_GivesTheSameFrames()
    {
        const string Stream = "data: {\"choices\":[{\"delta\":{\"content\":\"kept\"}}]}\n\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
        s_fixture.Upstream.Answer = context =>
        {
            ScriptedUpstream.BeginStream(context);
            return context.Response.WriteAsync(Stream, context.RequestAborted);
        };
        const string Body = """{"model":"capibara6-20b","stream":true,"messages":[{"role":"user","content":"a stream to keep"}]}""";

        using var first = await PostAsync("/v1/chat/completions", Body, "use");
        Assert.AreEqual(Stream, await first.Content.ReadAsStringAsync(Token));
        using var second = await PostAsync("/v1/chat/completions", Body, "use");

        Assert.AreEqual(Stream, await second.Content.ReadAsStringAsync(Token));
        Assert.AreEqual("true", Header(second, "x-capibara6-cached"));
        Assert.HasCount(1, s_fixture.Upstream.Requests);
    }

    private static string Header(HttpResponseMessage response, string name) => PassThroughFixture.Header(response, name);

    private Task<HttpResponseMessage> PostAsync(string path, string body, string? cache) => s_fixture.PostAsync(path, body, Token, cache);
}
