namespace Capibara6.ModelEmulator.Chat;

/// <summary>What of a chat completion request bears on the answer. Sampling parameters are checked and have no effect: the text is always the same.</summary>
internal sealed record ChatRequest
{
    public required string Model { get; init; }
    public required IReadOnlyList<ChatMessage> Messages { get; init; }
    public bool Stream { get; init; }
    public bool IncludeUsage { get; init; }

    /// <summary>Most tokens of the answer; null for what the context window leaves.</summary>
    public int? MaxTokens { get; init; }

    public IReadOnlyList<string> Stop { get; init; } = [];
}

internal sealed record ChatMessage(string Role, string Text);
