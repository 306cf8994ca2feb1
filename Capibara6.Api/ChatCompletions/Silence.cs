using System.Buffers;
using System.IO.Pipelines;
using Capibara6.Api.Streaming;
using Capibara6.Core.Gateway;

namespace Capibara6.Api.ChatCompletions;

/// <summary>Waits for the next frame, and shows proxies and clients by a comment that a silent stream lives.</summary>
internal sealed class Silence(TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private Task? _pause;

    public async ValueTask<bool> ReadAsync(GatewayReply reply, PipeWriter pipe, CancellationToken cancellationToken)
    {
        var next = reply.ReadAsync(cancellationToken);
        return next.IsCompleted ? await next : await WaitAsync(next.AsTask(), pipe, cancellationToken);
    }

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
    }

    private async ValueTask<bool> WaitAsync(Task<bool> next, PipeWriter pipe, CancellationToken cancellationToken)
    {
        while (true)
        {
            // One timer for many frames: a comment too many does no harm.
            _pause ??= Task.Delay(EventStream.KeepAlive, time, _end.Token);
            if (await Task.WhenAny(next, _pause) == next)
            {
                return await next;
            }

            _pause = null;
            pipe.Write(": keep-alive\n\n"u8);
            await pipe.FlushAsync(cancellationToken);
        }
    }
}
