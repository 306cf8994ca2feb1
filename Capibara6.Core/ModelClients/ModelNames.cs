using System.Text.Json;

namespace Capibara6.Core.ModelClients;

/// <summary>The ids in an endpoint's list of models.</summary>
internal static class ModelNames
{
    /// <returns>Null when it is no list of models.</returns>
    public static IReadOnlySet<string>? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("data", out var models) && models.ValueKind == JsonValueKind.Array
                    ? models.EnumerateArray().Select(IdOf).OfType<string>().ToHashSet(StringComparer.Ordinal)
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether the endpoint has that model. Ollama adds a tag to names that have none.</summary>
    public static bool Has(IReadOnlySet<string> names, string name) => names.Contains(name) || names.Contains(name + ":latest");

    private static string? IdOf(JsonElement model) =>
        model.ValueKind == JsonValueKind.Object && model.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;
}
