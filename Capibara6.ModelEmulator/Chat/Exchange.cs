using System.Text;
using Capibara6.ModelEmulator.Answers;
using Capibara6.ModelEmulator.Faults;

namespace Capibara6.ModelEmulator.Chat;

/// <summary>A request, its answer, and how that is to be given.</summary>
/// <param name="Id">Without the prefix that each protocol gives it.</param>
/// <param name="Started">The time provider's timestamp of the request's arrival.</param>
internal sealed record Exchange(string Id, long Created, ChatRequest Request, Answer Answer, RequestBehavior Behavior, long Started)
{
    // The same for every token: an emulator is sure of itself.
    private const double Probability = -0.01;

    public ChatCompletion ToCompletion() => new(
        "chatcmpl-" + Id,
        "chat.completion",
        Created,
        Request.Model,
        [.. Enumerable.Range(0, Answer.Choices).Select(index => new ChatChoice(
            index, ToMessage(), Answer.FinishReason, Request.LogProbabilities ? Probabilities(Answer.Tokens) : null))],
        Answer.Usage,
        ModelResponder.Fingerprint);

    public ChatChunk ToChunk(Func<int, ChunkDelta> delta, string? finishReason, string? token = null) => new(
        "chatcmpl-" + Id,
        "chat.completion.chunk",
        Created,
        Request.Model,
        [.. Enumerable.Range(0, Answer.Choices).Select(index => new ChunkChoice(index, delta(index), finishReason)
        {
            Logprobs = token is not null && Request.LogProbabilities ? Probabilities([token]) : null,
        })],
        null,
        ModelResponder.Fingerprint);

    public ChatChunk ToUsageChunk() => new(
        "chatcmpl-" + Id, "chat.completion.chunk", Created, Request.Model, [], Answer.Usage, ModelResponder.Fingerprint);

    /// <summary>The id of the call that an answer makes, one for each of several answers.</summary>
    public string CallId(int index) => $"call_{Id}_{index}";

    /// <summary>Waits until that token is due. Due times are absolute, so slow writing doesn't add up.</summary>
    public async ValueTask<bool> WaitForTokenAsync(int token, TimeProvider time, CancellationToken cancellationToken)
    {
        var left = Behavior.DueAt(token) - time.GetElapsedTime(Started);
        if (left <= TimeSpan.Zero)
        {
            return false;
        }

        await Task.Delay(left, time, cancellationToken);
        return true;
    }

    private AnswerMessage ToMessage() => Answer.Tool is { } tool
        ? new AnswerMessage("assistant", null) { ToolCalls = [new ToolCall(CallId(0), "function", new ToolFunction(tool, Answer.Text))] }
        : new AnswerMessage("assistant", Answer.Text);

    private static LogProbabilities Probabilities(IEnumerable<string> tokens) =>
        new([.. tokens.Select(token => new TokenProbability(token, Probability, [.. Encoding.UTF8.GetBytes(token).Select(value => (int)value)], []))]);
}
