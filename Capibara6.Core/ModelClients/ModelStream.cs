namespace Capibara6.Core.ModelClients;

/// <summary>
/// A streamed answer that has begun. Its frames come one by one, byte for byte as the endpoint sent them; what governance
/// needs to know is read on the way. It takes no more memory than its longest frame.
/// </summary>
internal sealed class ModelStream : ModelReply, IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly SseFrames _frames;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _caller;
    private readonly TimeSpan _idleTimeout;
    private readonly Queue<(byte[] Frame, byte[] Data)> _head = new();
    private AnswerFacts _facts;

    private ModelStream(HttpResponseMessage response, Stream body, TimeSpan idleTimeout, CancellationToken caller)
    {
        _response = response;
        _frames = new SseFrames(body);
        _idleTimeout = idleTimeout;
        _caller = caller;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(caller);
    }

    /// <summary>The frame it stands on, its end included. Valid until the next read.</summary>
    public ReadOnlyMemory<byte> Frame { get; private set; }

    /// <summary>The frame's data; empty for a comment. Valid until the next read.</summary>
    public ReadOnlyMemory<byte> Data { get; private set; }

    /// <summary>The frame holds counts and no piece of the answer: for a caller who did not ask for them it is left out.</summary>
    public bool IsUsageOnly => _facts.IsUsageOnly;

    public AnswerFacts Facts => _facts;

    /// <summary>Opens a stream and waits for the first piece of the answer, so that until then another can be asked.</summary>
    /// <param name="caller">Ends the stream whenever the caller leaves.</param>
    /// <param name="attempt">Ends it until the first piece is there: the attempt's timeout.</param>
    /// <exception cref="ModelCallException">There is no first piece.</exception>
    public static async ValueTask<ModelStream> OpenAsync(
        HttpResponseMessage response, TimeSpan idleTimeout, bool mustHaveText, CancellationToken caller, CancellationToken attempt)
    {
        var stream = new ModelStream(response, WireContent.Open(response), idleTimeout, caller);
        try
        {
            await using var registration = attempt.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), stream._stop);
            await stream.ReadHeadAsync(mustHaveText);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Goes on to the next frame if it has arrived already.</summary>
    public bool TryRead()
    {
        if (_head.TryDequeue(out var first))
        {
            (Frame, Data) = first;
            return true;
        }

        return _frames.TryRead() && Take();
    }

    /// <summary>Goes on to the next frame; false at a proper end.</summary>
    /// <exception cref="ModelCallException">The stream broke, fell silent, or ended without the protocol's mark.</exception>
    public async ValueTask<bool> ReadAsync()
    {
        if (TryRead())
        {
            return true;
        }

        try
        {
            // Only the endpoint's silence counts, not a reader's who is slow to come back.
            _stop.CancelAfter(_idleTimeout);
            var read = await _frames.ReadAsync(_stop.Token);
            _stop.CancelAfter(Timeout.InfiniteTimeSpan);
            if (read)
            {
                return Take();
            }
        }
        catch (OperationCanceledException exception) when (!_caller.IsCancellationRequested)
        {
            throw new ModelCallException(ModelFault.TimedOut, "the answer stopped coming", exception);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw ModelFaults.Read(exception, answering: true);
        }

        // Some servers end without a mark once they have said why.
        return _facts.HasEnded || _facts.Finish is not null || _facts.HasError
            ? false
            : throw new ModelCallException(ModelFault.CutShort, "the answer has no end");
    }

    public async ValueTask DisposeAsync()
    {
        // An answer that is not wanted any more need not be read to its end.
        await _stop.CancelAsync();
        _frames.Dispose();
        _response.Dispose();
        _stop.Dispose();
    }

    private async ValueTask ReadHeadAsync(bool mustHaveText)
    {
        while (await _frames.ReadAsync(_stop.Token))
        {
            Take();
            _head.Enqueue((Frame.ToArray(), Data.ToArray()));
            if (_facts.HasError)
            {
                throw new ModelCallException(ModelFault.ServerError, "an error came in the place of an answer");
            }

            if (mustHaveText ? _facts.TextLength > 0 || _facts.Finish is not null : _facts.HasContent || _facts.HasEnded)
            {
                ModelWire.Judge(_facts, mustHaveText);
                return;
            }
        }

        throw new ModelCallException(ModelFault.CutShort, "the answer ended before it began");
    }

    private bool Take()
    {
        (Frame, Data) = (_frames.Frame, _frames.Data);
        var isEnd = Data.Span.SequenceEqual("[DONE]"u8);
        if (Data.IsEmpty || isEnd)
        {
            _facts.Pass(isEnd);
        }
        else if (!_facts.TryRead(Data.Span))
        {
            throw new ModelCallException(ModelFault.Garbage, "a piece of the answer is not JSON");
        }

        return true;
    }
}
