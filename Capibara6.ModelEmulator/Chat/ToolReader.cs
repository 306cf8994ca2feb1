using System.Text.Json;
using Capibara6.ModelEmulator.Errors;

namespace Capibara6.ModelEmulator.Chat;

/// <summary>Reads which tools an answer may call, and whether it must.</summary>
internal static class ToolReader
{
    private const int MaxTools = 128;

    /// <param name="nested">As in chat completions, where a tool's function is an object of its own; in responses it is not.</param>
    public static IReadOnlyList<Tool> Read(JsonElement root, bool nested)
    {
        if (!root.TryGetProperty("tools", out var tools) || tools.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (tools.ValueKind != JsonValueKind.Array || tools.GetArrayLength() > MaxTools)
        {
            throw ProtocolException.Invalid($"'tools' must be an array of at most {MaxTools} tools.", "tools");
        }

        return [.. tools.EnumerateArray().Select((tool, index) => ReadTool(tool, nested, $"tools[{index}]"))];
    }

    public static string ReadChoice(JsonElement root)
    {
        if (!root.TryGetProperty("tool_choice", out var choice) || choice.ValueKind == JsonValueKind.Null)
        {
            return "auto";
        }

        if (choice.ValueKind == JsonValueKind.String)
        {
            return choice.GetString()!;
        }

        var holder = choice.ValueKind == JsonValueKind.Object && choice.TryGetProperty("function", out var function) ? function : choice;
        return (holder.ValueKind == JsonValueKind.Object ? JsonFields.String(holder, "name", "tool_choice.name") : null)
            ?? throw ProtocolException.Invalid("'tool_choice' must be 'auto', 'none', 'required' or name a function.", "tool_choice");
    }

    private static Tool ReadTool(JsonElement tool, bool nested, string path)
    {
        var function = tool.ValueKind != JsonValueKind.Object ? null : nested ? JsonFields.Object(tool, "function") : tool;
        if (function is not { } found || JsonFields.String(found, "name", $"{path}.name") is not { } name)
        {
            throw ProtocolException.Invalid($"'{path}' must be a function with a name.", path);
        }

        return new Tool(name, JsonFields.Object(found, "parameters")?.Clone());
    }
}
