using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Capibara6.Api.Errors;
using Capibara6.Core;

namespace Capibara6.Api.Json;

/// <summary>Finds the first field that doesn't fit the type that a call takes.</summary>
internal static class BodyTypeCheck
{
    public static Failure? Find(JsonElement element, JsonTypeInfo type, string path) => type.Kind switch
    {
        JsonTypeInfoKind.Object => FindInObject(element, type, path),
        JsonTypeInfoKind.Enumerable => FindInArray(element, type, path),
        JsonTypeInfoKind.Dictionary => FindInDictionary(element, type, path),
        _ when IsStringOr(type.Type) => element.ValueKind switch
        {
            JsonValueKind.String => null,
            JsonValueKind.Object => Find(element, type.Options.GetTypeInfo(type.Type.GetGenericArguments()[0]), path),
            _ => WrongType(path, "a string or an object"),
        },
        _ => FindInScalar(element, type.Type, path),
    };

    private static Failure? FindInObject(JsonElement element, JsonTypeInfo type, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return WrongType(path, "an object");
        }

        foreach (var given in element.EnumerateObject())
        {
            var field = FieldPath.Join(path, given.Name);
            var property = type.Properties.FirstOrDefault(known => known.Name == given.Name && !known.IsExtensionData);
            if (property is null)
            {
                if (type.Properties.Any(known => known.IsExtensionData))
                {
                    continue;
                }

                var names = string.Join(", ", type.Properties.Select(known => known.Name));
                return BodyExplanation.Invalid(EdgeCodes.UnknownField, field, $"'{field}' is not a field of this call. Known here: {names}.");
            }

            if (FindInProperty(given.Value, property, type.Options, field) is { } failure)
            {
                return failure;
            }
        }

        var missing = type.Properties.FirstOrDefault(known => known.IsRequired && !element.TryGetProperty(known.Name, out _));
        return missing is null
            ? null
            : BodyExplanation.Invalid(EdgeCodes.MissingField, FieldPath.Join(path, missing.Name), $"'{FieldPath.Join(path, missing.Name)}' is missing.");
    }

    private static Failure? FindInProperty(JsonElement value, JsonPropertyInfo property, JsonSerializerOptions options, string field)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return property.IsSetNullable ? null : BodyExplanation.Invalid(EdgeCodes.InvalidType, field, $"'{field}' must not be null.");
        }

        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return Find(value, options.GetTypeInfo(type), field);
    }

    private static Failure? FindInArray(JsonElement element, JsonTypeInfo type, string path)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            return WrongType(path, "an array");
        }

        var items = type.Options.GetTypeInfo(type.ElementType!);
        var index = 0;
        foreach (var item in element.EnumerateArray())
        {
            if (Find(item, items, FieldPath.Join(path, index++)) is { } failure)
            {
                return failure;
            }
        }

        return null;
    }

    private static Failure? FindInDictionary(JsonElement element, JsonTypeInfo type, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return WrongType(path, "an object");
        }

        var values = type.Options.GetTypeInfo(type.ElementType!);
        foreach (var entry in element.EnumerateObject())
        {
            if (Find(entry.Value, values, FieldPath.Join(path, entry.Name)) is { } failure)
            {
                return failure;
            }
        }

        return null;
    }

    private static Failure? FindInScalar(JsonElement element, Type type, string path)
    {
        if (type == typeof(string))
        {
            return element.ValueKind == JsonValueKind.String ? null : WrongType(path, "a string");
        }

        if (type == typeof(DateTimeOffset))
        {
            return element.ValueKind == JsonValueKind.String && element.TryGetDateTimeOffset(out _) ? null : WrongType(path, "a time such as 2027-01-01T00:00:00Z");
        }

        if (type == typeof(bool))
        {
            return element.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : WrongType(path, "true or false");
        }

        if (type == typeof(int) || type == typeof(long))
        {
            return IsWhole(element, type) ? null : WrongType(path, "a whole number");
        }

        if (type == typeof(float) || type == typeof(double) || type == typeof(decimal))
        {
            return IsNumber(element, type) ? null : WrongType(path, "a number");
        }

        return type.IsEnum ? FindInEnum(element, type, path) : null;
    }

    private static bool IsWhole(JsonElement element, Type type) =>
        element.ValueKind == JsonValueKind.Number && (type == typeof(int) ? element.TryGetInt32(out _) : element.TryGetInt64(out _));

    private static bool IsNumber(JsonElement element, Type type) =>
        element.ValueKind == JsonValueKind.Number && (type != typeof(decimal) || element.TryGetDecimal(out _));

    private static Failure? FindInEnum(JsonElement element, Type type, string path)
    {
        var names = Enum.GetNames(type).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName).ToArray();
        return element.ValueKind == JsonValueKind.String && names.Contains(element.GetString(), StringComparer.OrdinalIgnoreCase)
            ? null
            : BodyExplanation.Invalid(EdgeCodes.InvalidValue, path, $"'{path}' must be one of: {string.Join(", ", names)}.");
    }

    private static bool IsStringOr(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(StringOr<>);

    private static Failure WrongType(string path, string expected) => path.Length == 0
        ? BodyExplanation.NotAnObject
        : BodyExplanation.Invalid(EdgeCodes.InvalidType, path, $"'{path}' must be {expected}.");
}
