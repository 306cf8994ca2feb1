using System.Buffers;

namespace Capibara6.Core.ModelClients;

/// <summary>What a model is asked: a call of OpenAI's protocol.</summary>
/// <param name="Path">Below the endpoint's address: <c>chat/completions</c> and the like.</param>
/// <param name="Body">The JSON that goes out.</param>
internal sealed record ModelRequest(string Path, IModelBody Body)
{
    public const string ChatPath = "chat/completions";

    /// <summary>Whether the answer comes as frames.</summary>
    public bool Stream { get; init; }

    /// <summary>Whether only an answer of at least a word counts; else whatever the model says is an answer.</summary>
    public bool MustHaveText { get; init; }

    /// <summary>Whether another model may answer in its place.</summary>
    public bool MayFallBack { get; init; } = true;
}

/// <summary>A request's JSON, written anew for each deployment that is asked.</summary>
internal interface IModelBody
{
    /// <summary>Bytes of the prompt: what it is charged by when the endpoint counts nothing.</summary>
    int PromptLength { get; }

    /// <summary>Writes it as the deployment wants it: its name of the model, without the parameters that it can't take.</summary>
    void Write(IBufferWriter<byte> target, UpstreamModel upstream);
}

/// <summary>How a deployment knows its model.</summary>
/// <param name="Name">The name that the endpoint knows.</param>
/// <param name="TokenBound">The field that bounds an answer: <c>max_tokens</c> or <c>max_completion_tokens</c>.</param>
/// <param name="Drop">Fields that are left out.</param>
/// <param name="Defaults">Fields that are set where the caller sets none, as JSON by name.</param>
internal sealed record UpstreamModel(
    string Name, string TokenBound, IReadOnlyList<string> Drop, IReadOnlyList<KeyValuePair<string, byte[]>> Defaults);

/// <summary>Tokens as the endpoint counted them.</summary>
/// <param name="PromptTokens">The cached ones included.</param>
/// <param name="CachedPromptTokens">Those of the prompt that the endpoint had seen before.</param>
internal sealed record TokenUsage(int PromptTokens, int CompletionTokens, int CachedPromptTokens = 0);
