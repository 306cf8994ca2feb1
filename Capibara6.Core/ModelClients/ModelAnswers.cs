using Microsoft.Extensions.AI;

namespace Capibara6.Core.ModelClients;

/// <summary>What counts as an answer.</summary>
internal static class ModelAnswers
{
    public static ChatOptions? Options(ModelPrompt prompt) => prompt is { MaxTokens: null, Temperature: null }
        ? null
        : new ChatOptions { MaxOutputTokens = prompt.MaxTokens, Temperature = prompt.Temperature };

    /// <summary>The text, cleaned, when it is a whole answer.</summary>
    /// <exception cref="ModelCallException">It is none.</exception>
    public static string Check(string text, ChatFinishReason? finish)
    {
        CheckEnd(text.Length, finish);
        return Clean(text);
    }

    /// <exception cref="ModelCallException">An answer of that length and end is none.</exception>
    public static void CheckEnd(int textLength, ChatFinishReason? finish)
    {
        if (finish == ChatFinishReason.ContentFilter)
        {
            throw new ModelCallException(ModelFault.Refused, "the model declined to answer");
        }

        if (finish is null)
        {
            throw new ModelCallException(ModelFault.CutShort, "the answer has no end");
        }

        if (textLength == 0)
        {
            throw finish == ChatFinishReason.Length
                ? new ModelCallException(ModelFault.Refused, "the bound on the answer's tokens leaves no room for a word")
                : new ModelCallException(ModelFault.Garbage, "the answer is empty");
        }
    }

    /// <summary>PostgreSQL's text can't hold NUL, and no answer means it.</summary>
    public static string Clean(string text) => text.Contains('\0') ? text.Replace('\0', '\uFFFD') : text;

    public static TokenUsage? Count(UsageDetails? usage) => usage is { InputTokenCount: { } prompt, OutputTokenCount: { } completion }
        ? new TokenUsage(Bound(prompt), Bound(completion))
        : null;

    // What an endpoint says is not to be trusted with arithmetic.
    private static int Bound(long tokens) => (int)Math.Clamp(tokens, 0, int.MaxValue);
}
