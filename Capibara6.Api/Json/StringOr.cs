using System.Text.Json;
using System.Text.Json.Serialization;

namespace Capibara6.Api.Json;

/// <summary>A field that may be written as a string or as a <typeparamref name="T"/>.</summary>
internal readonly record struct StringOr<T>(string? Text, T? Value)
    where T : class;

/// <summary>Reads a string as the text and everything else as the value.</summary>
internal sealed class StringOrConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(StringOr<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Converter<T> : JsonConverter<StringOr<T>>
        where T : class
    {
        public override StringOr<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                return new(reader.GetString(), null);
            }

            return JsonSerializer.Deserialize<T>(ref reader, options) is { } value
                ? new(null, value)
                : throw new JsonException();
        }

        public override void Write(Utf8JsonWriter writer, StringOr<T> value, JsonSerializerOptions options)
        {
            if (value.Text is { } text)
            {
                writer.WriteStringValue(text);
                return;
            }

            JsonSerializer.Serialize(writer, value.Value, options);
        }
    }
}
