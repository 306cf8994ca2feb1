using System.Buffers;
using Capibara6.Api.Errors;
using Capibara6.Api.Json;
using Capibara6.Core;
using Microsoft.AspNetCore.Http.Features;

namespace Capibara6.Api.ChatCompletions;

/// <summary>A request's body as the bytes that it is, from the pool and back to it.</summary>
internal sealed class PassedBody : IDisposable
{
    private const int InitialBytes = 4 * 1024;

    private byte[] _bytes;
    private int _length;

    private PassedBody(int capacity) => _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, InitialBytes));

    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <summary>Reads it whole.</summary>
    /// <param name="maxBytes">A longer one is refused.</param>
    public static async ValueTask<Outcome<PassedBody>> ReadAsync(HttpContext context, int maxBytes)
    {
        if (!BodyReader.IsPlainJson(context.Request))
        {
            return Failures.NotJson;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = maxBytes;
        }

        if (context.Request.ContentLength > maxBytes)
        {
            return TooLarge(maxBytes);
        }

        var body = new PassedBody((int)(context.Request.ContentLength ?? 0) + 1);
        try
        {
            if (await body.FillAsync(context.Request.Body, maxBytes, context.RequestAborted) is not { } failure)
            {
                return body;
            }

            body.Dispose();
            return failure;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _length = 0;
        if (Interlocked.Exchange(ref _bytes, []) is { Length: > 0 } bytes)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private async ValueTask<Failure?> FillAsync(Stream source, int maxBytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_length == _bytes.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
                _bytes.CopyTo(larger, 0);
                ArrayPool<byte>.Shared.Return(_bytes);
                _bytes = larger;
            }

            var read = await source.ReadAsync(_bytes.AsMemory(_length), cancellationToken);
            if (read == 0)
            {
                return _length == 0 ? Failures.BodyMissing : null;
            }

            _length += read;
            if (_length > maxBytes)
            {
                return TooLarge(maxBytes);
            }
        }
    }

    private static Failure TooLarge(int maxBytes) => new(
        EdgeCodes.RequestTooLarge, FailureKind.TooLarge, $"The body is larger than {maxBytes} bytes; send less at once.");
}
