using System.Text.Json;
using Capibara6.ModelEmulator.Errors;

namespace Capibara6.ModelEmulator.Chat;

/// <summary>Reads and checks a request as the protocol's reference states it; every complaint names the field.</summary>
internal static class ChatRequestReader
{
    private const int MaxMessages = 4096;
    private const int MaxStops = 4;

    private static readonly HashSet<string> s_roles =
        new(["system", "developer", "user", "assistant", "tool", "function"], StringComparer.Ordinal);

    public static ChatRequest Read(JsonElement root)
    {
        JsonFields.Number(root, "temperature", 0, 2);
        JsonFields.Number(root, "top_p", 0, 1);
        JsonFields.Number(root, "presence_penalty", -2, 2);
        JsonFields.Number(root, "frequency_penalty", -2, 2);
        var stream = JsonFields.Boolean(root, "stream") ?? false;
        return new ChatRequest
        {
            Model = JsonFields.String(root, "model")
                ?? throw ProtocolException.Invalid("You must provide a model parameter.", "model", "missing_required_parameter"),
            Messages = ReadMessages(root),
            Stream = stream,
            IncludeUsage = ReadIncludeUsage(root, stream),
            MaxTokens = JsonFields.Integer(root, "max_completion_tokens", 1, int.MaxValue) ?? JsonFields.Integer(root, "max_tokens", 1, int.MaxValue),
            Stop = ReadStop(root),
            Choices = JsonFields.Integer(root, "n", 1, 128) ?? 1,
            LogProbabilities = JsonFields.Boolean(root, "logprobs") ?? false,
            Tools = ToolReader.Read(root, nested: true),
            ToolChoice = ToolReader.ReadChoice(root),
            Schema = ReadSchema(root),
        };
    }

    private static bool ReadIncludeUsage(JsonElement root, bool stream)
    {
        if (JsonFields.Object(root, "stream_options") is not { } options)
        {
            return false;
        }

        return stream
            ? JsonFields.Boolean(options, "include_usage", "stream_options.include_usage") ?? false
            : throw ProtocolException.Invalid("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
    }

    private static List<ChatMessage> ReadMessages(JsonElement root)
    {
        if (!root.TryGetProperty("messages", out var messages))
        {
            throw ProtocolException.Invalid("Missing required parameter: 'messages'.", "messages", "missing_required_parameter");
        }

        if (messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() is 0 or > MaxMessages)
        {
            throw ProtocolException.Invalid($"'messages' must be an array of 1 to {MaxMessages} messages.", "messages");
        }

        var read = new List<ChatMessage>(messages.GetArrayLength());
        foreach (var message in messages.EnumerateArray())
        {
            read.Add(ReadMessage(message, $"messages[{read.Count}]"));
        }

        return read;
    }

    private static ChatMessage ReadMessage(JsonElement message, string path)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            throw ProtocolException.Invalid($"'{path}' must be an object.", path);
        }

        var role = JsonFields.String(message, "role", $"{path}.role");
        if (role is null || !s_roles.Contains(role))
        {
            throw ProtocolException.Invalid($"'{path}.role' must be one of {string.Join(", ", s_roles)}.", $"{path}.role");
        }

        message.TryGetProperty("content", out var content);
        switch (content.ValueKind)
        {
            case JsonValueKind.String:
                return new ChatMessage(role, content.GetString()!);
            case JsonValueKind.Array:
                string?[] texts = [.. content.EnumerateArray().Select((part, index) => ReadPart(part, $"{path}.content[{index}]"))];
                return new ChatMessage(role, string.Concat(texts), texts.Count(text => text is null));
            case JsonValueKind.Null or JsonValueKind.Undefined when role == "assistant":
                return new ChatMessage(role, "");
            default:
                throw ProtocolException.Invalid($"'{path}.content' must be a string or an array of parts.", $"{path}.content");
        }
    }

    /// <returns>Null for a part that is no text.</returns>
    private static string? ReadPart(JsonElement part, string path)
    {
        var type = part.ValueKind == JsonValueKind.Object ? JsonFields.String(part, "type", $"{path}.type") : null;
        return type switch
        {
            "text" or "input_text" or "output_text" =>
                JsonFields.String(part, "text", $"{path}.text") ?? throw ProtocolException.Invalid($"'{path}.text' is missing.", $"{path}.text"),
            "refusal" => "",
            "image_url" or "input_audio" or "file" when part.TryGetProperty(type, out var content) && content.ValueKind == JsonValueKind.Object => null,
            "input_image" or "input_file" => null,
            _ => throw ProtocolException.Invalid($"'{path}' must be a part of type 'text', 'image_url', 'input_audio' or 'file', with its content.", path),
        };
    }

    private static JsonElement? ReadSchema(JsonElement root)
    {
        if (JsonFields.Object(root, "response_format") is not { } format)
        {
            return null;
        }

        return JsonFields.String(format, "type", "response_format.type") switch
        {
            "text" => null,
            "json_object" => JsonElement.Parse("""{"type":"object","properties":{"answer":{"type":"string"}}}"""),
            "json_schema" when JsonFields.Object(format, "json_schema") is { } named && JsonFields.Object(named, "schema") is { } schema => schema.Clone(),
            _ => throw ProtocolException.Invalid("'response_format' must be of type 'text', 'json_object' or 'json_schema' with its schema.", "response_format"),
        };
    }

    private static IReadOnlyList<string> ReadStop(JsonElement root)
    {
        if (!root.TryGetProperty("stop", out var stop) || stop.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        JsonElement[] all = stop.ValueKind == JsonValueKind.Array ? [.. stop.EnumerateArray()] : [stop];
        return all.Length <= MaxStops && all.All(one => one is { ValueKind: JsonValueKind.String } && one.GetString()!.Length > 0)
            ? [.. all.Select(one => one.GetString()!)]
            : throw ProtocolException.Invalid($"'stop' must be a string or an array of at most {MaxStops} strings, none of them empty.", "stop");
    }
}
