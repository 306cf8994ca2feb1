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

    public static async Task<ChatRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(request.Body, default, cancellationToken);
            return body.RootElement.ValueKind == JsonValueKind.Object
                ? Read(body.RootElement)
                : throw ProtocolException.Invalid("The body must be a JSON object.");
        }
        catch (JsonException error)
        {
            throw ProtocolException.Invalid(
                $"We could not parse the JSON body of your request (line {error.LineNumber + 1}, byte {error.BytePositionInLine}).");
        }
    }

    private static ChatRequest Read(JsonElement root)
    {
        RefuseWhatItCannotDo(root);
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
        };
    }

    // Better refused than answered as if it had been understood.
    private static void RefuseWhatItCannotDo(JsonElement root)
    {
        if (JsonFields.Integer(root, "n", 1, 128) is > 1)
        {
            throw Unsupported("n", "The emulator answers one choice: n must be 1.");
        }

        if (JsonFields.Boolean(root, "logprobs") is true)
        {
            throw Unsupported("logprobs", "The emulator has no probabilities to give.");
        }

        if (JsonFields.Object(root, "response_format") is { } format && JsonFields.String(format, "type", "response_format.type") is not "text")
        {
            throw Unsupported("response_format", "The emulator answers plain text only.");
        }
    }

    private static ProtocolException Unsupported(string param, string message) =>
        ProtocolException.Invalid(message, param, "unsupported_parameter");

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
        var text = content.ValueKind switch
        {
            JsonValueKind.String => content.GetString()!,
            JsonValueKind.Array => string.Concat(content.EnumerateArray().Select((part, index) => ReadPart(part, $"{path}.content[{index}]"))),
            JsonValueKind.Null or JsonValueKind.Undefined when role == "assistant" => "",
            _ => throw ProtocolException.Invalid($"'{path}.content' must be a string or an array of parts.", $"{path}.content"),
        };
        return new ChatMessage(role, text);
    }

    private static string ReadPart(JsonElement part, string path) =>
        part.ValueKind == JsonValueKind.Object && JsonFields.String(part, "type", $"{path}.type") == "text"
            ? JsonFields.String(part, "text", $"{path}.text") ?? throw ProtocolException.Invalid($"'{path}.text' is missing.", $"{path}.text")
            : throw ProtocolException.Invalid($"'{path}' must be a part of type 'text': the emulator reads no images, audio or files.", path);

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
