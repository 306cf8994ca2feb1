using System.Text.Json;
using Capibara6.ModelEmulator.Errors;

namespace Capibara6.ModelEmulator.Chat;

/// <summary>Optional fields of a JSON object, null when absent or null, a protocol error when of another type or out of range.</summary>
internal static class JsonFields
{
    public static string? String(JsonElement parent, string name, string? path = null) =>
        Find(parent, name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw WrongType(path ?? name, "a string");

    public static bool? Boolean(JsonElement parent, string name, string? path = null) =>
        Find(parent, name) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw WrongType(path ?? name, "a boolean");

    public static JsonElement? Object(JsonElement parent, string name) =>
        Find(parent, name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? value
        : throw WrongType(name, "an object");

    public static int? Integer(JsonElement parent, string name, int min, int max)
    {
        if (Find(parent, name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var number))
        {
            throw WrongType(name, "an integer");
        }

        return number >= min && number <= max ? number : throw OutOfRange(name, min, max);
    }

    public static double? Number(JsonElement parent, string name, double min, double max)
    {
        if (Find(parent, name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number))
        {
            throw WrongType(name, "a number");
        }

        return number >= min && number <= max ? number : throw OutOfRange(name, min, max);
    }

    private static JsonElement? Find(JsonElement parent, string name) =>
        parent.ValueKind != JsonValueKind.Object ? throw ProtocolException.Invalid($"Expected an object with the field '{name}'.", name, "invalid_type")
        : parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static ProtocolException WrongType(string path, string wanted) =>
        ProtocolException.Invalid($"Invalid type for '{path}': expected {wanted}.", path, "invalid_type");

    private static ProtocolException OutOfRange(string path, double min, double max) =>
        ProtocolException.Invalid(FormattableString.Invariant($"Invalid value for '{path}': expected {min} to {max}."), path, "invalid_value");
}
