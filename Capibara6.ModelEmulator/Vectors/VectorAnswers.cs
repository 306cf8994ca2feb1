using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Capibara6.ModelEmulator.Chat;
using Capibara6.ModelEmulator.Errors;
using Capibara6.ModelEmulator.Tokens;

namespace Capibara6.ModelEmulator.Vectors;

/// <summary>Vectors and verdicts made of the texts' hashes: the same text has the same ones, and they mean nothing.</summary>
internal static class VectorAnswers
{
    private const int DefaultDimensions = 64;

    public static byte[] Embed(JsonElement body)
    {
        var texts = InputsOf(body);
        var dimensions = JsonFields.Integer(body, "dimensions", 1, 4096) ?? DefaultDimensions;
        var asBase64 = JsonFields.String(body, "encoding_format") == "base64";
        var tokens = texts.Sum(Tokenizer.Count);
        JsonNode[] data = [.. texts.Select((text, index) => new JsonObject
        {
            ["object"] = "embedding",
            ["index"] = index,
            ["embedding"] = asBase64 ? Encode(VectorOf(text, dimensions)) : new JsonArray([.. VectorOf(text, dimensions).Select(value => (JsonNode)value)]),
        })];
        return Write(new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray(data),
            ["model"] = JsonFields.String(body, "model"),
            ["usage"] = new JsonObject { ["prompt_tokens"] = tokens, ["total_tokens"] = tokens },
        });
    }

    public static byte[] Moderate(JsonElement body)
    {
        JsonNode[] results = [.. InputsOf(body).Select(_ => new JsonObject
        {
            ["flagged"] = false,
            ["categories"] = new JsonObject { ["violence"] = false },
            ["category_scores"] = new JsonObject { ["violence"] = 0.01 },
        })];
        return Write(new JsonObject { ["id"] = "modr-emulator", ["model"] = JsonFields.String(body, "model"), ["results"] = new JsonArray(results) });
    }

    private static string[] InputsOf(JsonElement body) =>
        !body.TryGetProperty("input", out var input) ? throw ProtocolException.Invalid("Missing required parameter: 'input'.", "input")
        : input.ValueKind == JsonValueKind.Array ? [.. input.EnumerateArray().Select(one => one.ToString())]
        : [input.ToString()];

    // Of length one, as models give them.
    private static float[] VectorOf(string text, int dimensions)
    {
        var vector = new float[dimensions];
        var seed = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        for (var index = 0; index < dimensions; index++)
        {
            vector[index] = ((seed[index % seed.Length] + (index * 7)) % 256 / 128f) - 1;
        }

        var length = MathF.Sqrt(vector.Sum(value => value * value));
        return [.. vector.Select(value => value / (length > 0 ? length : 1))];
    }

    private static string Encode(float[] vector)
    {
        var bytes = new byte[vector.Length * sizeof(float)];
        for (var index = 0; index < vector.Length; index++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(index * sizeof(float)), vector[index]);
        }

        return Convert.ToBase64String(bytes);
    }

    private static byte[] Write(JsonObject answer) => JsonSerializer.SerializeToUtf8Bytes(answer, EmulatorJsonContext.Default.JsonObject);
}
