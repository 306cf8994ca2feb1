using Capibara6.ModelEmulator.Answers;
using Capibara6.ModelEmulator.Faults;

namespace Capibara6.ModelEmulator.Chat;

/// <summary>A request, its answer, and how that is to be given.</summary>
/// <param name="Started">The time provider's timestamp of the request's arrival.</param>
internal sealed record Exchange(string Id, long Created, ChatRequest Request, Answer Answer, RequestBehavior Behavior, long Started)
{
    public ChatCompletion ToCompletion() => new(
        Id,
        "chat.completion",
        Created,
        Request.Model,
        [new ChatChoice(0, new AnswerMessage("assistant", Answer.Text), Answer.FinishReason)],
        Answer.Usage,
        ChatResponder.Fingerprint);

    public ChatChunk ToChunk(ChunkDelta delta, string? finishReason) => new(
        Id, "chat.completion.chunk", Created, Request.Model, [new ChunkChoice(0, delta, finishReason)], null, ChatResponder.Fingerprint);

    public ChatChunk ToUsageChunk() => new(
        Id, "chat.completion.chunk", Created, Request.Model, [], Answer.Usage, ChatResponder.Fingerprint);

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
}
