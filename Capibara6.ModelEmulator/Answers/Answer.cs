using Capibara6.ModelEmulator.Chat;
using Capibara6.ModelEmulator.Errors;
using Capibara6.ModelEmulator.Tokens;

namespace Capibara6.ModelEmulator.Answers;

/// <summary>A finished answer: its pieces, why it ends, and what it counts.</summary>
/// <param name="Tokens">Of the text, or of the arguments when it calls a tool.</param>
/// <param name="FinishReason"><c>stop</c>, <c>length</c> or <c>tool_calls</c>.</param>
/// <param name="Choices">How many times it is given.</param>
internal sealed record Answer(IReadOnlyList<string> Tokens, string FinishReason, int PromptTokens, int Choices = 1)
{
    // What a chat template adds: marks around each message, and the opening of the answer.
    private const int TokensPerMessage = 4;
    private const int TokensPerPrompt = 3;

    // An image of low detail.
    private const int TokensPerPart = 85;

    /// <summary>Name of the tool that it calls; null for a text.</summary>
    public string? Tool { get; private init; }

    public string Text => string.Concat(Tokens);

    public ChatUsage Usage => new(PromptTokens, Tokens.Count * Choices, PromptTokens + (Tokens.Count * Choices));

    public static Answer To(ChatRequest request, EmulatedModel model, bool empty)
    {
        var promptTokens = TokensPerPrompt
            + request.Messages.Sum(message => TokensPerMessage + Tokenizer.Count(message.Text) + (TokensPerPart * message.Parts));
        var room = model.ContextWindow - promptTokens;
        if (room < 1 || request.MaxTokens > room)
        {
            throw ProtocolException.Invalid(
                $"This model's maximum context length is {model.ContextWindow} tokens. However, you requested {promptTokens} tokens in the "
                + $"messages and {request.MaxTokens ?? 1} in the completion.", "messages", "context_length_exceeded");
        }

        if (empty)
        {
            return new Answer([], "stop", promptTokens);
        }

        var question = AnswerText.QuestionOf(request);
        if (ToolChoice.Find(request, question) is { } tool)
        {
            return new Answer([.. Tokenizer.Split(SchemaInstance.For(tool.Parameters, question))], "tool_calls", promptTokens, request.Choices)
            {
                Tool = tool.Name,
            };
        }

        var text = CutAtStop(request.Schema is { } schema ? SchemaInstance.For(schema, question) : AnswerText.For(request), request.Stop);
        string[] tokens = [.. Tokenizer.Split(text)];
        var limit = Math.Min(request.MaxTokens ?? room, room);
        return tokens.Length > limit
            ? new Answer(tokens[..limit], "length", promptTokens, request.Choices)
            : new Answer(tokens, "stop", promptTokens, request.Choices);
    }

    private static string CutAtStop(string text, IReadOnlyList<string> stops)
    {
        var end = stops.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(text.Length).Min();
        return text[..end];
    }
}
