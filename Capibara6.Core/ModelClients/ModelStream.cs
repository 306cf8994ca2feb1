using Microsoft.Extensions.AI;

namespace Capibara6.Core.ModelClients;

/// <summary>A streamed answer that has begun: it stands on a piece of text, and can go on to the next.</summary>
internal sealed class ModelStream : IAsyncDisposable
{
    // Far above the largest bound on tokens; an endpoint that doesn't stop is not kept in memory.
    private const int MaxTextLength = 4 * 1024 * 1024;

    private readonly CancellationTokenSource _idle;
    private readonly CancellationTokenSource _stop;
    private readonly TimeSpan _idleTimeout;
    private readonly CancellationToken _caller;
    private readonly IAsyncEnumerator<ChatResponseUpdate> _updates;
    private ChatFinishReason? _finish;

    private ModelStream(IChatClient chat, ModelPrompt prompt, TimeSpan idleTimeout, TimeProvider time, CancellationToken caller)
    {
        _idleTimeout = idleTimeout;
        _caller = caller;
        _idle = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(caller, _idle.Token);
        _updates = chat.GetStreamingResponseAsync(prompt.Messages, ModelAnswers.Options(prompt), _stop.Token).GetAsyncEnumerator(_stop.Token);
    }

    /// <summary>The piece it stands on; never empty.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Characters so far.</summary>
    public int TextLength { get; private set; }

    /// <summary>As the endpoint counted; known at the end, if at all.</summary>
    public TokenUsage? Usage { get; private set; }

    /// <summary>Opens a stream and waits for its first piece.</summary>
    /// <param name="caller">Ends the stream whenever the caller leaves.</param>
    /// <param name="attempt">Ends it until the first piece is there: the attempt's timeout.</param>
    public static async ValueTask<ModelStream> OpenAsync(
        IChatClient chat, ModelPrompt prompt, TimeSpan idleTimeout, TimeProvider time, CancellationToken caller, CancellationToken attempt)
    {
        var stream = new ModelStream(chat, prompt, idleTimeout, time, caller);
        try
        {
            using var registration = attempt.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), stream._stop);
            await stream.MoveAsync();
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Goes on to the next piece; false at a proper end.</summary>
    public async ValueTask<bool> AdvanceAsync()
    {
        _idle.CancelAfter(_idleTimeout);
        try
        {
            return await MoveAsync();
        }
        catch (OperationCanceledException exception) when (_idle.IsCancellationRequested && !_caller.IsCancellationRequested)
        {
            throw new ModelCallException(ModelFault.TimedOut, "the answer stopped coming", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // An answer that is not wanted any more need not be read to its end.
        await _stop.CancelAsync();
        try
        {
            await _updates.DisposeAsync();
        }
        finally
        {
            _stop.Dispose();
            _idle.Dispose();
        }
    }

    private async ValueTask<bool> MoveAsync()
    {
        while (await _updates.MoveNextAsync())
        {
            var update = _updates.Current;
            _finish = update.FinishReason ?? _finish;
            Usage = ModelAnswers.Count(update.Contents.OfType<UsageContent>().FirstOrDefault()?.Details) ?? Usage;
            if (update.Text is { Length: > 0 } text)
            {
                Text = ModelAnswers.Clean(text);
                TextLength += text.Length;
                return TextLength <= MaxTextLength
                    ? true
                    : throw new ModelCallException(ModelFault.Garbage, "the answer does not stop");
            }
        }

        ModelAnswers.CheckEnd(TextLength, _finish);
        return false;
    }
}
