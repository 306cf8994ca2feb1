using System.Text.Json;

namespace Capibara6.Api.Messages;

/// <summary>Writes the turns of a conversation in Anthropic's shape as OpenAI's messages.</summary>
internal static class MessagesTurns
{
    public static void WriteSystem(Utf8JsonWriter json, JsonElement root)
    {
        if (root.TryGetProperty("system", out var system) && TextOf(system) is { Length: > 0 } text)
        {
            json.WriteStartObject();
            json.WriteString("role", "system");
            json.WriteString("content", text);
            json.WriteEndObject();
        }
    }

    public static void Write(Utf8JsonWriter json, JsonElement message)
    {
        var role = MessagesRequest.Need(message, "role", JsonValueKind.String).GetString()!;
        if (!message.TryGetProperty("content", out var content) || content.ValueKind is not (JsonValueKind.String or JsonValueKind.Array))
        {
            throw new NotTranslatableException("messages", "'content' must be a text or a list of blocks.");
        }

        JsonElement[] blocks = content.ValueKind == JsonValueKind.Array ? [.. content.EnumerateArray()] : [];

        // The results of tools are messages of their own, and stand before what the user adds.
        foreach (var result in blocks.Where(block => TypeOf(block) == "tool_result"))
        {
            json.WriteStartObject();
            json.WriteString("role", "tool");
            json.WriteString("tool_call_id", MessagesRequest.Need(result, "tool_use_id", JsonValueKind.String).GetString());
            json.WriteString("content", result.TryGetProperty("content", out var said) ? TextOf(said) : "");
            json.WriteEndObject();
        }

        JsonElement[] rest = [.. blocks.Where(block => TypeOf(block) is "text" or "image" or "tool_use")];
        if (content.ValueKind == JsonValueKind.Array && rest.Length == 0)
        {
            return;
        }

        json.WriteStartObject();
        json.WriteString("role", role);
        if (content.ValueKind == JsonValueKind.String)
        {
            json.WriteString("content", content.GetString());
        }
        else if (role == "assistant")
        {
            WriteAssistant(json, rest);
        }
        else
        {
            WriteParts(json, rest);
        }

        json.WriteEndObject();
    }

    private static void WriteAssistant(Utf8JsonWriter json, JsonElement[] blocks)
    {
        var text = string.Concat(blocks.Where(block => TypeOf(block) == "text").Select(TextOfBlock));
        json.WriteString("content", text.Length > 0 ? text : null);
        JsonElement[] uses = [.. blocks.Where(block => TypeOf(block) == "tool_use")];
        if (uses.Length == 0)
        {
            return;
        }

        json.WriteStartArray("tool_calls");
        foreach (var use in uses)
        {
            json.WriteStartObject();
            json.WriteString("id", MessagesRequest.Need(use, "id", JsonValueKind.String).GetString());
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", MessagesRequest.Need(use, "name", JsonValueKind.String).GetString());
            json.WriteString("arguments", use.TryGetProperty("input", out var input) ? input.GetRawText() : "{}");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteParts(Utf8JsonWriter json, JsonElement[] blocks)
    {
        json.WriteStartArray("content");
        foreach (var block in blocks)
        {
            json.WriteStartObject();
            if (TypeOf(block) == "text")
            {
                json.WriteString("type", "text");
                json.WriteString("text", TextOfBlock(block));
            }
            else
            {
                json.WriteString("type", "image_url");
                json.WriteStartObject("image_url");
                json.WriteString("url", AddressOf(MessagesRequest.Need(block, "source", JsonValueKind.Object)));
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string AddressOf(JsonElement source) => TypeOf(source) == "url"
        ? MessagesRequest.Need(source, "url", JsonValueKind.String).GetString()!
        : $"data:{MessagesRequest.Need(source, "media_type", JsonValueKind.String).GetString()};base64,{MessagesRequest.Need(source, "data", JsonValueKind.String).GetString()}";

    private static string? TypeOf(JsonElement block) =>
        block.ValueKind == JsonValueKind.Object && block.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;

    private static string TextOf(JsonElement content) => content.ValueKind switch
    {
        JsonValueKind.String => content.GetString()!,
        JsonValueKind.Array => string.Join('\n', content.EnumerateArray().Where(block => TypeOf(block) == "text").Select(TextOfBlock)),
        _ => "",
    };

    private static string TextOfBlock(JsonElement block) => MessagesRequest.Need(block, "text", JsonValueKind.String).GetString()!;
}
