using System.Text.Json;
using Capibara6.ModelEmulator.Chat;
using Capibara6.ModelEmulator.Errors;

namespace Capibara6.ModelEmulator.Responses;

/// <summary>Reads a request of the Responses API as a conversation.</summary>
internal static class ResponseReader
{
    public static ChatRequest Read(JsonElement body)
    {
        JsonFields.Number(body, "temperature", 0, 2);
        return new ChatRequest
        {
            Model = JsonFields.String(body, "model")
                ?? throw ProtocolException.Invalid("You must provide a model parameter.", "model", "missing_required_parameter"),
            Messages = [.. MessagesOf(body)],
            Stream = JsonFields.Boolean(body, "stream") ?? false,
            MaxTokens = JsonFields.Integer(body, "max_output_tokens", 1, int.MaxValue),
            Tools = ToolReader.Read(body, nested: false),
            ToolChoice = ToolReader.ReadChoice(body),
            Schema = JsonFields.Object(body, "text") is { } text && JsonFields.Object(text, "format") is { } format
                ? JsonFields.Object(format, "schema")?.Clone()
                : null,
        };
    }

    private static IEnumerable<ChatMessage> MessagesOf(JsonElement body)
    {
        if (JsonFields.String(body, "instructions") is { } instructions)
        {
            yield return new ChatMessage("system", instructions);
        }

        if (!body.TryGetProperty("input", out var input))
        {
            throw ProtocolException.Invalid("Missing required parameter: 'input'.", "input", "missing_required_parameter");
        }

        if (input.ValueKind == JsonValueKind.String)
        {
            yield return new ChatMessage("user", input.GetString()!);
            yield break;
        }

        if (input.ValueKind != JsonValueKind.Array)
        {
            throw ProtocolException.Invalid("'input' must be a string or an array of items.", "input");
        }

        foreach (var item in input.EnumerateArray())
        {
            yield return ToMessage(item);
        }
    }

    private static ChatMessage ToMessage(JsonElement item) => JsonFields.String(item, "type") switch
    {
        "function_call_output" => new ChatMessage("tool", item.TryGetProperty("output", out var output) ? output.ToString() : ""),
        "function_call" => new ChatMessage("assistant", JsonFields.String(item, "arguments") ?? ""),
        "reasoning" or "item_reference" => new ChatMessage("assistant", ""),
        _ => new ChatMessage(JsonFields.String(item, "role") ?? "user", TextOf(item)),
    };

    private static string TextOf(JsonElement item) =>
        !item.TryGetProperty("content", out var content) ? ""
        : content.ValueKind == JsonValueKind.Array
            ? string.Concat(content.EnumerateArray().Select(part => JsonFields.String(part, "text") ?? ""))
            : content.ToString();
}
