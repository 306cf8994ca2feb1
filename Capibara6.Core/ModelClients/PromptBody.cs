using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Capibara6.Core.ModelClients;

/// <summary>The body of a question that the product itself asks.</summary>
internal sealed class PromptBody(IReadOnlyList<PromptMessage> messages, int? maxTokens, float? temperature, bool stream) : IModelBody
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public int PromptLength { get; } = messages.Sum(message => Encoding.UTF8.GetByteCount(message.Text));

    public void Write(IBufferWriter<byte> target, UpstreamModel upstream)
    {
        using var json = new Utf8JsonWriter(target, s_options);
        json.WriteStartObject();
        json.WriteString("model"u8, upstream.Name);
        json.WriteStartArray("messages"u8);
        foreach (var message in messages)
        {
            json.WriteStartObject();
            json.WriteString("role"u8, message.Role);
            json.WriteString("content"u8, message.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (stream)
        {
            json.WriteBoolean("stream"u8, true);
            json.WriteStartObject("stream_options"u8);
            json.WriteBoolean("include_usage"u8, true);
            json.WriteEndObject();
        }

        if (maxTokens is { } bound)
        {
            json.WriteNumber(upstream.TokenBound, bound);
        }

        if (temperature is { } heat && !upstream.Drop.Contains("temperature", StringComparer.Ordinal))
        {
            json.WriteNumber("temperature"u8, heat);
        }

        WriteDefaults(json, upstream);
        json.WriteEndObject();
    }

    private void WriteDefaults(Utf8JsonWriter json, UpstreamModel upstream)
    {
        foreach (var (name, value) in upstream.Defaults)
        {
            var isSet = name is "model" or "messages" or "stream" or "stream_options"
                || (name == "temperature" && temperature is not null)
                || (name == upstream.TokenBound && maxTokens is not null);
            if (!isSet)
            {
                json.WritePropertyName(name);
                json.WriteRawValue(value, skipInputValidation: true);
            }
        }
    }
}

/// <summary>One message of a prompt.</summary>
/// <param name="Role">system, user or assistant.</param>
internal readonly record struct PromptMessage(string Role, string Text);
