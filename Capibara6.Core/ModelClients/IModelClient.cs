using Microsoft.Extensions.AI;

namespace Capibara6.Core.ModelClients;

/// <summary>One model, with timeout, retry and circuit breaker around it.</summary>
internal interface IModelClient
{
    ModelDescription Model { get; }

    /// <summary>The whole answer.</summary>
    /// <exception cref="ModelCallException">There is none, after all attempts.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    Task<ModelAnswer> AskAsync(ModelPrompt prompt, CancellationToken cancellationToken);

    /// <summary>
    /// The answer piece by piece, each piece a non-empty text; the last piece carries the usage. Attempts are repeated until
    /// the first piece and never after it.
    /// </summary>
    /// <exception cref="ModelCallException">As above; a stream that ends before its end is <see cref="ModelFault.CutShort"/>.</exception>
    IAsyncEnumerable<ModelPiece> StreamAsync(ModelPrompt prompt, CancellationToken cancellationToken);
}

/// <summary>The models' clients by id.</summary>
internal interface IModelClients
{
    /// <summary>The client of a model of the catalog.</summary>
    IModelClient Get(string modelId);

    /// <summary>Who answers when this model can't; null when there is nobody.</summary>
    IModelClient? FallbackFor(string modelId);
}

/// <summary>What a model is asked.</summary>
internal sealed record ModelPrompt(IReadOnlyList<ChatMessage> Messages, int? MaxTokens, float? Temperature);

/// <summary>A model's answer: never empty, free of NUL.</summary>
internal sealed record ModelAnswer(string Text, TokenUsage Usage);

/// <param name="Text">Empty only in the last piece.</param>
/// <param name="Usage">Null but in the last piece.</param>
internal readonly record struct ModelPiece(string Text, TokenUsage? Usage);

/// <summary>Tokens as the endpoint counted them.</summary>
internal sealed record TokenUsage(int PromptTokens, int CompletionTokens);
