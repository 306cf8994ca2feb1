using System.Text.Json;
using Capibara6.Api.Errors;
using Capibara6.Core;

namespace Capibara6.Api.Json;

/// <summary>Finds what is valid JSON and still has no one meaning: text that is not Unicode, and a field given twice.</summary>
internal sealed class BodyTextCheck
{
    public Failure? Find(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Object => FindInObject(element, path),
        JsonValueKind.Array => FindInArray(element, path),
        JsonValueKind.String => IsText(element) ? null : InvalidText(path),
        _ => null,
    };

    private Failure? FindInObject(JsonElement element, string path)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            if (NameOf(property) is not { } name)
            {
                return InvalidText(path);
            }

            var field = FieldPath.Join(path, name);
            if (!names.Add(name))
            {
                return BodyExplanation.Invalid(EdgeCodes.DuplicateField, field, $"'{field}' is given more than once.");
            }

            if (Find(property.Value, field) is { } failure)
            {
                return failure;
            }
        }

        return null;
    }

    private Failure? FindInArray(JsonElement element, string path)
    {
        var index = 0;
        foreach (var item in element.EnumerateArray())
        {
            if (Find(item, FieldPath.Join(path, index++)) is { } failure)
            {
                return failure;
            }
        }

        return null;
    }

    private static Failure InvalidText(string path) => BodyExplanation.Invalid(
        EdgeCodes.InvalidText, path, "The text holds bytes that are not UTF-8, or half of a surrogate pair; send whole Unicode characters.");

    private static bool IsText(JsonElement element)
    {
        try
        {
            return element.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
