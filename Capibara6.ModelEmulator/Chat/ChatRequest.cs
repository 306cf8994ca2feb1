using System.Text.Json;

namespace Capibara6.ModelEmulator.Chat;

/// <summary>What of a request bears on the answer. Sampling parameters are checked and have no effect: the text is always the same.</summary>
internal sealed record ChatRequest
{
    public required string Model { get; init; }
    public required IReadOnlyList<ChatMessage> Messages { get; init; }
    public bool Stream { get; init; }
    public bool IncludeUsage { get; init; }

    /// <summary>How many answers, all alike.</summary>
    public int Choices { get; init; } = 1;

    /// <summary>Most tokens of the answer; null for what the context window leaves.</summary>
    public int? MaxTokens { get; init; }

    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Whether each token's probability is wanted.</summary>
    public bool LogProbabilities { get; init; }

    /// <summary>The tools that the answer may call.</summary>
    public IReadOnlyList<Tool> Tools { get; init; } = [];

    /// <summary><c>auto</c>, <c>none</c>, <c>required</c>, or the name of the tool to call.</summary>
    public string ToolChoice { get; init; } = "auto";

    /// <summary>The schema that the answer must fit; null for plain text.</summary>
    public JsonElement? Schema { get; init; }
}

/// <param name="Parts">How many images, sounds and files come with it.</param>
internal sealed record ChatMessage(string Role, string Text, int Parts = 0);

/// <param name="Parameters">JSON schema of the arguments; null for none.</param>
internal sealed record Tool(string Name, JsonElement? Parameters);
