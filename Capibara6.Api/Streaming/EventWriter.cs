using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Capibara6.Api.Streaming;

/// <summary>Writes server-sent events straight into the response's pipe (WHATWG HTML §9.2.6).</summary>
internal sealed class EventWriter(PipeWriter pipe, JsonWriterOptions options) : IDisposable
{
    private readonly Utf8JsonWriter _json = new(pipe, options);

    /// <param name="name">The event's name; null for the default one, <c>message</c>.</param>
    public void Write<T>(string? name, T data, JsonTypeInfo<T> type)
    {
        if (name is not null)
        {
            Raw("event: "u8);
            Encoding.UTF8.GetBytes(name, pipe);
            Raw("\n"u8);
        }

        Raw("data: "u8);

        // JSON without indentation holds no line break, so that one data line always does.
        JsonSerializer.Serialize(_json, data, type);
        _json.Flush();
        _json.Reset();
        Raw("\n\n"u8);
    }

    /// <summary>Writes bytes that already are an event.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        var target = pipe.GetSpan(bytes.Length);
        bytes.CopyTo(target);
        pipe.Advance(bytes.Length);
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken) => await pipe.FlushAsync(cancellationToken);

    public void Dispose() => _json.Dispose();
}
