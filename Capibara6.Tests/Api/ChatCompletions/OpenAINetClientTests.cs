using System.ClientModel;
using System.Text;
using System.Text.Json;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;

namespace Capibara6.Tests.Api.ChatCompletions;

/// <summary>The official client for .NET, pointed at us.</summary>
[TestClass]
public sealed class OpenAINetClientTests
{
    private static ApiHost s_host = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    private static ChatTool Weather { get; } = ChatTool.CreateFunctionTool(
        "get_weather", "The weather of a city",
        BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"""));

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_host = await ApiHost.StartEmptyAsync(context.CancellationToken);
        s_host.UseKestrel(0);
        s_host.StartServer();
        await s_host.MigrateAsync(context.CancellationToken);
    }

    [ClassCleanup]
    public static async Task StopAsync() => await s_host.DisposeAsync();

    [TestMethod]
    public async Task Chat_Whole_HasTextReasonAndCounts()
    {
        ChatCompletion completion = await Chat().CompleteChatAsync([new SystemChatMessage("Be brief."), new UserChatMessage("Hello")], cancellationToken: Token);

        Assert.AreEqual(ChatFinishReason.Stop, completion.FinishReason);
        Assert.IsGreaterThan(0, completion.Content[0].Text.Length);
        Assert.AreEqual(completion.Usage.TotalTokenCount, completion.Usage.InputTokenCount + completion.Usage.OutputTokenCount);
    }

    [TestMethod]
    public async Task Chat_AsAStream_ComesInPiecesWithCountsAtTheEnd()
    {
        var (text, pieces, tokens) = (new StringBuilder(), 0, 0);
        ChatFinishReason? reason = null;

        await foreach (var update in Chat().CompleteChatStreamingAsync([new UserChatMessage("Hello, piece by piece")], cancellationToken: Token))
        {
            pieces++;
            text.AppendJoin("", update.ContentUpdate.Select(part => part.Text));
            reason = update.FinishReason ?? reason;
            tokens = update.Usage?.OutputTokenCount ?? tokens;
        }

        Assert.IsGreaterThan(2, pieces);
        Assert.IsGreaterThan(0, text.Length);
        Assert.AreEqual(ChatFinishReason.Stop, reason);
        Assert.IsGreaterThan(0, tokens);
    }

    [TestMethod]
    public async Task Tools_OverTurns_AreCalledAndAnswered()
    {
        List<ChatMessage> turns = [new UserChatMessage("What is the weather in Lisbon?")];
        var options = new ChatCompletionOptions { Tools = { Weather } };

        ChatCompletion called = await Chat().CompleteChatAsync(turns, options, Token);
        Assert.AreEqual(ChatFinishReason.ToolCalls, called.FinishReason);
        using var arguments = JsonDocument.Parse(called.ToolCalls[0].FunctionArguments);
        turns.AddRange(new AssistantChatMessage(called), new ToolChatMessage(called.ToolCalls[0].Id, "sunny"));
        ChatCompletion answered = await Chat().CompleteChatAsync(turns, options, Token);

        Assert.AreEqual("get_weather", called.ToolCalls[0].FunctionName);
        Assert.IsGreaterThan(0, arguments.RootElement.GetProperty("city").GetString()!.Length);
        Assert.AreEqual(ChatFinishReason.Stop, answered.FinishReason);
    }

    [TestMethod]
    public async Task Output_ByASchema_FitsIt()
    {
        var options = new ChatCompletionOptions
        {
            ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat(
                "event",
                BinaryData.FromString(
                    """
                    {"type":"object","properties":{"name":{"type":"string"},"guests":{"type":"array","items":{"type":"string"}}},
                     "required":["name","guests"],"additionalProperties":false}
                    """),
                jsonSchemaIsStrict: true),
        };

        ChatCompletion completion = await Chat().CompleteChatAsync([new UserChatMessage("A party")], options, Token);

        using var parsed = JsonDocument.Parse(completion.Content[0].Text);
        Assert.AreEqual(JsonValueKind.String, parsed.RootElement.GetProperty("name").ValueKind);
        Assert.AreEqual(JsonValueKind.Array, parsed.RootElement.GetProperty("guests").ValueKind);
    }

    [TestMethod]
    public async Task Embeddings_OfTexts_HaveTheirLength()
    {
        OpenAIEmbeddingCollection vectors = await Client().GetEmbeddingClient("capibara6-20b").GenerateEmbeddingsAsync(
            ["one", "two"], new EmbeddingGenerationOptions { Dimensions = 8 }, Token);

        Assert.HasCount(2, vectors);
        Assert.AreEqual(8, vectors[1].ToFloats().Length);
    }

    [TestMethod]
    [DataRow("gpt-9", null, "developer", 404)]
    [DataRow("auto", 9f, "developer", 400)]
    [DataRow("auto", null, "readonly", 403)]
    [DataRow("auto", null, "nobody", 401)]
    public async Task Failure_OfEachClass_HasItsStatus(string model, float? temperature, string role, int status)
    {
        var error = await Assert.ThrowsExactlyAsync<ClientResultException>(() => Client(role).GetChatClient(model).CompleteChatAsync(
            [new UserChatMessage("Hello")], new ChatCompletionOptions { Temperature = temperature }, Token));

        Assert.AreEqual(status, error.Status);
        Assert.IsGreaterThan(10, error.Message.Length);
    }

    [TestMethod]
    public async Task Caller_WhoLeavesAStream_IsDone()
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Token);

        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Chat().CompleteChatStreamingAsync([new UserChatMessage("Hello")], cancellationToken: leaving.Token))
            {
                await leaving.CancelAsync();
            }
        });
    }

    private static ChatClient Chat() => Client().GetChatClient("auto");

    private static OpenAIClient Client(string role = "developer") => new(
        new ApiKeyCredential(KnownCaller.TokenOf(role)),
        new OpenAIClientOptions { Endpoint = new Uri($"{s_host.ClientOptions.BaseAddress}v1"), RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(maxRetries: 0) });
}
