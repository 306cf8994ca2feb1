using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Capibara6.Api.Errors;
using Capibara6.Core;
using Capibara6.Core.Queries;
using Microsoft.Net.Http.Headers;

namespace Capibara6.Api.Json;

/// <summary>Reads a JSON body of at most <see cref="QueryLimits.MaxRequestBytes"/>; what doesn't fit is said field by field.</summary>
internal static class BodyReader
{
    public static async ValueTask<Outcome<T>> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        var request = context.Request;
        if (!IsPlainJson(request))
        {
            return Failures.NotJson;
        }

        if (request.ContentLength > QueryLimits.MaxRequestBytes)
        {
            return Failures.BodyTooLarge;
        }

        try
        {
            return await ReadPipeAsync(context, type);
        }
        catch (BadHttpRequestException exception)
        {
            // The server's own limits: too large, too slow, cut off, wrongly chunked.
            return FailureStatus.ToFailure(exception.StatusCode);
        }
    }

    private static async ValueTask<Outcome<T>> ReadPipeAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        var pipe = context.Request.BodyReader;
        while (true)
        {
            var read = await pipe.ReadAsync(context.RequestAborted);
            var buffer = read.Buffer;
            if (buffer.Length > QueryLimits.MaxRequestBytes)
            {
                pipe.AdvanceTo(buffer.End);
                return Failures.BodyTooLarge;
            }

            if (read.IsCompleted)
            {
                var outcome = Parse(WithoutByteOrderMark(buffer), type);
                pipe.AdvanceTo(buffer.End);
                return outcome;
            }

            pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    public static Outcome<T> Parse<T>(ReadOnlySequence<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        if (body.IsEmpty)
        {
            return Failures.BodyMissing;
        }

        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = ApiJson.MaxDepth });
            var value = JsonSerializer.Deserialize(ref reader, type);

            // Throws when anything but white space follows.
            reader.Read();
            if (value is null)
            {
                return BodyExplanation.NotAnObject;
            }

            return FindNull(body, type) is { } failure ? failure : value;
        }
        catch (JsonException)
        {
            return BodyExplanation.Explain(body, type);
        }
    }

    // The serializer's null checks don't look inside collections.
    private static Failure? FindNull(ReadOnlySequence<byte> body, JsonTypeInfo type)
    {
        if (!new SequenceReader<byte>(body).TryReadTo(out ReadOnlySequence<byte> _, "null"u8))
        {
            return null;
        }

        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = ApiJson.MaxDepth });
        return BodyTypeCheck.Find(document.RootElement, type, "");
    }

    public static bool IsPlainJson(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !(type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)))
        {
            return false;
        }

        var charset = HeaderUtilities.RemoveQuotes(type.Charset);
        return (!charset.HasValue || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            && request.Headers.ContentEncoding.All(encoding => string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase));
    }

    // RFC 8259 §8.1 lets a reader ignore the mark that some Windows programs write.
    private static ReadOnlySequence<byte> WithoutByteOrderMark(ReadOnlySequence<byte> body)
    {
        var reader = new SequenceReader<byte>(body);
        return reader.IsNext([0xEF, 0xBB, 0xBF]) ? body.Slice(3) : body;
    }
}
