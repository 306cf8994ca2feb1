using Capibara6.Core.Caching;
using Capibara6.Core.ModelClients;
using Capibara6.Core.Queries;
using Capibara6.Core.Usage;

namespace Capibara6.Core.Gateway;

/// <summary>
/// An answer on its way to the caller: whole, or frame by frame. Disposing of it settles what it cost, also when it was not
/// read to its end.
/// </summary>
public sealed class GatewayReply : IAsyncDisposable
{
    private readonly ModelAnswer? _answer;
    private readonly ModelStream? _stream;
    private readonly SseFrames? _kept;
    private readonly bool _hidesCounts;
    private readonly Func<GatewayReply, ValueTask>? _settle;
    private MemoryStream? _copy;
    private int _disposed;

    internal GatewayReply(ModelAnswer answer)
    {
        _answer = answer;
        (Body, ContentType) = (answer.Body, answer.ContentType);
        (Model, FellBack) = (answer.Model.Id, answer.FellBackFrom is not null);
    }

    internal GatewayReply(ModelStream stream, bool hidesCounts, bool keeps, Func<GatewayReply, ValueTask> settle)
    {
        (_stream, _hidesCounts, _settle) = (stream, hidesCounts, settle);
        (IsStream, ContentType) = (true, "text/event-stream");
        (Model, FellBack) = (stream.Model.Id, stream.FellBackFrom is not null);
        _copy = keeps ? new MemoryStream() : null;
    }

    internal GatewayReply(KeptReply kept, TimeSpan age)
    {
        (Body, ContentType, Model, Age) = (kept.Body, kept.ContentType, kept.Model, age);
        IsStream = kept.IsStream;
        _kept = kept.IsStream ? new SseFrames(new MemoryStream(kept.Body)) : null;
    }

    /// <summary>UUIDv7 of this answer, as its record has it.</summary>
    public required Guid Id { get; init; }

    /// <summary>Id of the model that answered.</summary>
    public string Model { get; }

    /// <summary>Id of the model that was chosen, by the caller or the router.</summary>
    public required string Chosen { get; init; }

    /// <summary>Whether the router chose.</summary>
    public required bool WasRouted { get; init; }

    /// <summary>Another model answered than the one chosen.</summary>
    public bool FellBack { get; }

    /// <summary>How long ago it was made, when it was there before; null for a new answer.</summary>
    public TimeSpan? Age { get; }

    /// <summary>In US dollars; null while it is not known, as at the start of a stream.</summary>
    public decimal? CostUsd { get; internal set; }

    /// <summary>Whether it comes frame by frame; else <see cref="Body"/> is all of it.</summary>
    public bool IsStream { get; }

    /// <summary>The whole answer; empty for a stream. Valid until disposed of.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    public string ContentType { get; }

    /// <summary>The frame it stands on, as the model sent it, its end included. Valid until the next read.</summary>
    public ReadOnlyMemory<byte> Frame => _stream?.Frame ?? _kept?.Frame ?? default;

    /// <summary>The frame's data; empty for a comment. Valid until the next read.</summary>
    public ReadOnlyMemory<byte> Data => _stream?.Data ?? _kept?.Data ?? default;

    /// <summary>How a stream has ended, as its record has it: until it ends, the caller has left it.</summary>
    internal string Outcome { get; private set; } = "cancelled";

    internal AnswerFacts Facts => _answer?.Facts ?? _stream?.Facts ?? default;

    /// <summary>The bytes to keep of it; null when it is too long.</summary>
    internal byte[]? ToKeep() => IsStream ? _copy?.ToArray() : Body.Length <= KeptReply.MaxBytes ? Body.ToArray() : null;

    /// <summary>Goes on to the next frame if it has arrived already: false says nothing about the end.</summary>
    /// <exception cref="GatewayBrokenException">As for <see cref="ReadAsync"/>.</exception>
    public bool TryRead()
    {
        try
        {
            while (_stream is null ? _kept!.TryRead() : _stream.TryRead())
            {
                if (Takes())
                {
                    return true;
                }
            }

            return false;
        }
        catch (ModelCallException exception)
        {
            throw Broken(exception);
        }
    }

    /// <summary>Goes on to the next frame; false at the end.</summary>
    /// <exception cref="GatewayBrokenException">The answer broke off.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await (_stream?.ReadAsync() ?? _kept!.ReadAsync(cancellationToken)))
            {
                if (Takes())
                {
                    return true;
                }
            }
        }
        catch (ModelCallException exception)
        {
            throw Broken(exception);
        }

        Outcome = _stream is { Facts.HasError: true } ? FailureCodes.ModelUnavailable : UsageRecord.Answered;
        return false;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        try
        {
            if (_settle is { } settle)
            {
                await settle(this);
            }
        }
        finally
        {
            _answer?.Dispose();
            _kept?.Dispose();
            if (_stream is { } stream)
            {
                await stream.DisposeAsync();
            }
        }
    }

    /// <summary>Counts that the caller did not ask for are left out.</summary>
    private bool Takes()
    {
        if (_hidesCounts && _stream!.IsUsageOnly)
        {
            return false;
        }

        if (_copy is { } copy)
        {
            copy.Write(Frame.Span);
            _copy = copy.Length > KeptReply.MaxBytes ? null : copy;
        }

        return true;
    }

    private GatewayBrokenException Broken(ModelCallException exception)
    {
        var failure = ModelFailures.Of(exception, begun: true);
        Outcome = failure.Code;
        return new GatewayBrokenException(failure, exception);
    }
}

/// <summary>A streamed answer broke off after it had begun.</summary>
public sealed class GatewayBrokenException(Failure failure, Exception inner) : Exception(failure.Message, inner)
{
    /// <summary>What the caller is told.</summary>
    public Failure Failure { get; } = failure;
}
