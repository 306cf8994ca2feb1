using System.Text.Json.Serialization;

namespace Capibara6.ModelEmulator.Chat;

internal sealed record ChatCompletion(
    string Id, string Object, long Created, string Model, IReadOnlyList<ChatChoice> Choices, ChatUsage Usage, string SystemFingerprint);

internal sealed record ChatChoice(int Index, AnswerMessage Message, string FinishReason)
{
    [JsonPropertyName("logprobs")]
    public string? LogProbabilities { get; }
}

internal sealed record AnswerMessage(string Role, string Content)
{
    public string? Refusal { get; }
}

internal sealed record ChatUsage(int PromptTokens, int CompletionTokens, int TotalTokens);

/// <param name="Usage">Only in the last chunk, and only when asked for.</param>
internal sealed record ChatChunk(
    string Id, string Object, long Created, string Model, IReadOnlyList<ChunkChoice> Choices, ChatUsage? Usage, string SystemFingerprint);

internal sealed record ChunkChoice(int Index, ChunkDelta Delta, string? FinishReason);

internal sealed record ChunkDelta
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Role { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Content { get; init; }
}
