using System.Buffers;
using System.Text.Json;
using Capibara6.Api.Json;
using Capibara6.Core;

namespace Capibara6.Api.Messages;

/// <summary>Writes a request of Anthropic's Messages API as one of OpenAI's chat completions.</summary>
internal static class MessagesRequest
{
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 128, AllowDuplicateProperties = false };

    public static Outcome<ReadOnlyMemory<byte>> ToChat(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, s_options);
            return document.RootElement.ValueKind != JsonValueKind.Object
                ? throw new NotTranslatableException(null, "The body must be a JSON object.")
                : Write(document.RootElement);
        }
        catch (JsonException)
        {
            return Invalid(null, "The body is not JSON, or holds a field twice.");
        }
        catch (InvalidOperationException)
        {
            return Invalid(null, "The body holds text that is not valid Unicode.");
        }
        catch (NotTranslatableException exception)
        {
            return Invalid(exception.Field, exception.Message);
        }
    }

    private static ReadOnlyMemory<byte> Write(JsonElement root)
    {
        var target = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(target, new JsonWriterOptions { Encoder = ApiJson.Options.Encoder });
        json.WriteStartObject();
        json.WriteString("model", Need(root, "model", JsonValueKind.String).GetString());
        json.WritePropertyName("max_tokens");
        Need(root, "max_tokens", JsonValueKind.Number).WriteTo(json);
        json.WriteStartArray("messages");
        MessagesTurns.WriteSystem(json, root);
        foreach (var message in Need(root, "messages", JsonValueKind.Array).EnumerateArray())
        {
            MessagesTurns.Write(json, message);
        }

        json.WriteEndArray();
        foreach (var name in (ReadOnlySpan<string>)["temperature", "top_p", "top_k"])
        {
            CopyAs(json, root, name, name);
        }

        CopyAs(json, root, "stop_sequences", "stop");
        WriteStream(json, root);
        WriteTools(json, root);
        json.WriteEndObject();
        json.Flush();
        return target.WrittenMemory;
    }

    // The counts stand in Anthropic's last events, whether asked for or not.
    private static void WriteStream(Utf8JsonWriter json, JsonElement root)
    {
        if (!root.TryGetProperty("stream", out var stream) || stream.ValueKind is JsonValueKind.False or JsonValueKind.Null)
        {
            return;
        }

        if (stream.ValueKind != JsonValueKind.True)
        {
            throw new NotTranslatableException("stream", "'stream' must be true or false.");
        }

        json.WriteBoolean("stream", true);
        json.WriteStartObject("stream_options");
        json.WriteBoolean("include_usage", true);
        json.WriteEndObject();
    }

    private static void WriteTools(Utf8JsonWriter json, JsonElement root)
    {
        if (!root.TryGetProperty("tools", out var tools) || tools.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        if (tools.ValueKind != JsonValueKind.Array)
        {
            throw new NotTranslatableException("tools", "'tools' must be a list of tools.");
        }

        if (tools.GetArrayLength() == 0)
        {
            return;
        }

        json.WriteStartArray("tools");
        foreach (var tool in tools.EnumerateArray())
        {
            json.WriteStartObject();
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", Need(tool, "name", JsonValueKind.String).GetString());
            CopyAs(json, tool, "description", "description");
            CopyAs(json, tool, "input_schema", "parameters");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (root.TryGetProperty("tool_choice", out var choice) && choice.ValueKind == JsonValueKind.Object)
        {
            WriteChoice(json, choice);
        }
    }

    private static void WriteChoice(Utf8JsonWriter json, JsonElement choice)
    {
        switch (Need(choice, "type", JsonValueKind.String).GetString())
        {
            case "tool":
                json.WriteStartObject("tool_choice");
                json.WriteString("type", "function");
                json.WriteStartObject("function");
                json.WriteString("name", Need(choice, "name", JsonValueKind.String).GetString());
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            case "any":
                json.WriteString("tool_choice", "required");
                break;
            case "none":
                json.WriteString("tool_choice", "none");
                break;
            default:
                json.WriteString("tool_choice", "auto");
                break;
        }

        if (choice.TryGetProperty("disable_parallel_tool_use", out var disabled) && disabled.ValueKind == JsonValueKind.True)
        {
            json.WriteBoolean("parallel_tool_calls", false);
        }
    }

    private static void CopyAs(Utf8JsonWriter json, JsonElement source, string name, string target)
    {
        if (source.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
        {
            json.WritePropertyName(target);
            value.WriteTo(json);
        }
    }

    internal static JsonElement Need(JsonElement parent, string name, JsonValueKind kind) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == kind
            ? value
            : throw new NotTranslatableException(name, $"'{name}' must be there, and be of type {kind.ToString().ToLowerInvariant()}.");

    private static Failure Invalid(string? field, string message) => new(FailureCodes.InvalidRequest, FailureKind.Invalid, message) { Field = field };
}

/// <summary>A request that can't be told in the other protocol's words.</summary>
internal sealed class NotTranslatableException(string? field, string message) : Exception(message)
{
    public string? Field { get; } = field;
}
