using System.Text.Json;
using System.Text.Json.Nodes;

namespace Capibara6.ModelEmulator.Answers;

/// <summary>Makes the JSON that a schema asks for: every property, one element a list, the question where a text is wanted.</summary>
internal static class SchemaInstance
{
    private const int MaxDepth = 32;
    private const int MaxText = 60;

    public static string For(JsonElement? schema, string question)
    {
        var text = question.Length <= MaxText ? question : question[..MaxText].TrimEnd('\uD83D', '\uD83E');
        return (schema is { } asked ? Make(asked, asked, text, 0) : new JsonObject())?.ToJsonString() ?? "null";
    }

    private static JsonNode? Make(JsonElement schema, JsonElement root, string text, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > MaxDepth)
        {
            return null;
        }

        if (schema.TryGetProperty("$ref", out var reference))
        {
            return Make(Follow(root, reference.GetString() ?? ""), root, text, depth + 1);
        }

        if (schema.TryGetProperty("const", out var constant))
        {
            return JsonNode.Parse(constant.GetRawText());
        }

        if (schema.TryGetProperty("enum", out var values) && values.ValueKind == JsonValueKind.Array && values.GetArrayLength() > 0)
        {
            return JsonNode.Parse(values[0].GetRawText());
        }

        foreach (var choice in (string[])["anyOf", "oneOf", "allOf"])
        {
            if (schema.TryGetProperty(choice, out var choices) && choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() > 0)
            {
                return Make(choices[0], root, text, depth + 1);
            }
        }

        return MakeOfType(schema, root, text, depth);
    }

    private static JsonNode? MakeOfType(JsonElement schema, JsonElement root, string text, int depth)
    {
        switch (TypeOf(schema))
        {
            case "object":
                var made = new JsonObject();
                if (schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object)
                {
                    foreach (var property in properties.EnumerateObject())
                    {
                        made[property.Name] = Make(property.Value, root, text, depth + 1);
                    }
                }

                return made;
            case "array":
                return schema.TryGetProperty("items", out var items) ? new JsonArray(Make(items, root, text, depth + 1)) : new JsonArray();
            case "string":
                return text;
            case "integer":
            case "number":
                return schema.TryGetProperty("minimum", out var least) && least.TryGetInt32(out var number) ? number : 1;
            case "boolean":
                return true;
            default:
                return null;
        }
    }

    private static string TypeOf(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out var type))
        {
            return schema.TryGetProperty("properties", out _) ? "object" : "string";
        }

        return type.ValueKind == JsonValueKind.Array
            ? type.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()).FirstOrDefault(one => one != "null") ?? "null"
            : type.ValueKind == JsonValueKind.String ? type.GetString()! : "null";
    }

    private static JsonElement Follow(JsonElement root, string reference)
    {
        var found = root;
        foreach (var part in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(part, out found))
            {
                return default;
            }
        }

        return found;
    }
}
