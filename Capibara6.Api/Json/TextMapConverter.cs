using System.Text.Json;
using System.Text.Json.Serialization;

namespace Capibara6.Api.Json;

/// <summary>Texts by name, none of them null: the serializer's null checks don't look inside collections.</summary>
internal sealed class TextMapConverter : JsonConverter<IReadOnlyDictionary<string, string>>
{
    public override IReadOnlyDictionary<string, string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var map = JsonSerializer.Deserialize(ref reader, ApiJson.Info<Dictionary<string, string>>())!;
        return map.ContainsValue(null!) ? throw new JsonException() : map;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, options);
}
