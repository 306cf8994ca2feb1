using System.Text.Json;
using System.Text.Json.Serialization;
using Capibara6.Api.Json;

namespace Capibara6.Api.ChatCompletions;

/// <summary>A request of OpenAI's chat completions API.</summary>
internal sealed record ChatBody
{
    /// <summary>Id of a model, or <c>auto</c> to let the router choose.</summary>
    public required string Model { get; init; }

    /// <summary>The conversation, oldest message first; the last one is the user's question.</summary>
    public required IReadOnlyList<ChatMessageBody> Messages { get; init; }

    /// <summary>Whether to answer piece by piece, as server-sent events.</summary>
    public bool? Stream { get; init; }

    /// <summary>Settings of a stream.</summary>
    public ChatStreamOptionsBody? StreamOptions { get; init; }

    /// <summary>Bound on the answer in tokens; the older name.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Bound on the answer in tokens.</summary>
    public int? MaxCompletionTokens { get; init; }

    /// <summary>Sampling temperature: 0 to 2.</summary>
    public float? Temperature { get; init; }

    /// <summary>All other fields: harmless ones are taken, those that would change the answer's meaning are refused.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>One message of a conversation.</summary>
/// <remarks>A struct, because the serializer refuses null for one also inside a list.</remarks>
internal readonly record struct ChatMessageBody
{
    /// <summary>system, developer, user, assistant or tool.</summary>
    public required string Role { get; init; }

    /// <summary>The text, or a list of text parts.</summary>
    public required StringOr<IReadOnlyList<ChatPartBody>> Content { get; init; }

    /// <summary>Name of the speaker; taken and not used.</summary>
    public string? Name { get; init; }

    /// <summary>The tool call that a tool's message answers; taken and not used.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>A refusal in an earlier answer; taken and not used.</summary>
    public string? Refusal { get; init; }
}

/// <summary>A part of a message.</summary>
internal sealed record ChatPartBody
{
    /// <summary>Only <c>text</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The part's text.</summary>
    public string? Text { get; init; }
}

/// <summary>Settings of a stream.</summary>
internal sealed record ChatStreamOptionsBody
{
    /// <summary>Whether a last chunk states the token counts.</summary>
    public bool? IncludeUsage { get; init; }

    /// <summary>Padding against traffic analysis; taken and not used.</summary>
    public bool? IncludeObfuscation { get; init; }
}

/// <summary>A complete answer in the shape of OpenAI's API.</summary>
internal sealed record ChatCompletionResponse
{
    /// <summary>Id of the completion.</summary>
    public required string Id { get; init; }

    /// <summary>Always <c>chat.completion</c>.</summary>
    public string Object { get; init; } = "chat.completion";

    /// <summary>When it was made, in seconds since 1970.</summary>
    public required long Created { get; init; }

    /// <summary>The model that answered.</summary>
    public required string Model { get; init; }

    /// <summary>Always one.</summary>
    public required IReadOnlyList<ChatChoice> Choices { get; init; }

    /// <summary>What it cost in tokens.</summary>
    public required ChatUsage Usage { get; init; }
}

/// <summary>The answer.</summary>
internal sealed record ChatChoice
{
    public int Index { get; init; }
    public required ChatAnswer Message { get; init; }
    public ChatLogprobs? Logprobs { get; init; }

    /// <summary><c>stop</c>, or <c>length</c> when the bound on tokens ended it.</summary>
    public required string FinishReason { get; init; }
}

/// <summary>Never given: always null.</summary>
internal sealed record ChatLogprobs;

/// <summary>The answer's message.</summary>
internal sealed record ChatAnswer
{
    public string Role { get; init; } = "assistant";
    public required string Content { get; init; }
    public string? Refusal { get; init; }
}

/// <summary>Token counts.</summary>
internal sealed record ChatUsage
{
    public required int PromptTokens { get; init; }
    public required int CompletionTokens { get; init; }
    public required int TotalTokens { get; init; }
}

/// <summary>A piece of an answer.</summary>
internal sealed record ChatChunk
{
    public required string Id { get; init; }
    public string Object { get; init; } = "chat.completion.chunk";
    public required long Created { get; init; }
    public required string Model { get; init; }
    public required IReadOnlyList<ChatChunkChoice> Choices { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChatUsage? Usage { get; init; }
}

internal sealed record ChatChunkChoice
{
    public int Index { get; init; }
    public required ChatDelta Delta { get; init; }
    public ChatLogprobs? Logprobs { get; init; }
    public string? FinishReason { get; init; }
}

internal sealed record ChatDelta
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Role { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Content { get; init; }
}

/// <summary>The models in the shape of OpenAI's API.</summary>
internal sealed record ChatModelList(IReadOnlyList<ChatModel> Data)
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";
}

/// <summary>A model in the shape of OpenAI's API.</summary>
/// <param name="Id">The id to name in a request.</param>
internal sealed record ChatModel(string Id)
{
    /// <summary>Always <c>model</c>.</summary>
    public string Object { get; init; } = "model";

    /// <summary>When it was made, in seconds since 1970; 0, because it isn't known.</summary>
    public long Created { get; init; }

    /// <summary>Who runs it.</summary>
    public string OwnedBy { get; init; } = "capibara6";
}
