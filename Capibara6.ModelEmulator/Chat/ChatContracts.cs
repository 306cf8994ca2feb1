using System.Text.Json.Serialization;

namespace Capibara6.ModelEmulator.Chat;

internal sealed record ChatCompletion(
    string Id, string Object, long Created, string Model, IReadOnlyList<ChatChoice> Choices, ChatUsage Usage, string SystemFingerprint);

internal sealed record ChatChoice(int Index, AnswerMessage Message, string FinishReason, LogProbabilities? Logprobs);

internal sealed record AnswerMessage(string Role, string? Content)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ToolCall>? ToolCalls { get; init; }

    public string? Refusal { get; }
}

internal sealed record ToolCall(string Id, string Type, ToolFunction Function);

internal sealed record ToolFunction(string Name, string Arguments);

internal sealed record LogProbabilities(IReadOnlyList<TokenProbability> Content)
{
    public IReadOnlyList<TokenProbability>? Refusal { get; }
}

internal sealed record TokenProbability(string Token, double Logprob, IReadOnlyList<int> Bytes, IReadOnlyList<TokenProbability> TopLogprobs);

internal sealed record ChatUsage(int PromptTokens, int CompletionTokens, int TotalTokens)
{
    public PromptDetails PromptTokensDetails { get; } = new(0);
}

internal sealed record PromptDetails(int CachedTokens);

/// <param name="Usage">Only in the last chunk, and only when asked for.</param>
internal sealed record ChatChunk(
    string Id, string Object, long Created, string Model, IReadOnlyList<ChunkChoice> Choices, ChatUsage? Usage, string SystemFingerprint);

internal sealed record ChunkChoice(int Index, ChunkDelta Delta, string? FinishReason)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LogProbabilities? Logprobs { get; init; }
}

internal sealed record ChunkDelta
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Role { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Content { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ToolCallPiece>? ToolCalls { get; init; }
}

internal sealed record ToolCallPiece(int Index)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Id { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Type { get; init; }

    public required ToolFunctionPiece Function { get; init; }
}

internal sealed record ToolFunctionPiece(string Arguments)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }
}
