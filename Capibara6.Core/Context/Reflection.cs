using System.Text.Json;
using System.Text.Json.Serialization;

namespace Capibara6.Core.Context;

/// <summary>What a model found out about an answer.</summary>
/// <param name="Verdict">right, wrong or unsure.</param>
/// <param name="Helpful">Numbers, from 1, of the bullets that helped.</param>
/// <param name="Harmful">Numbers of those that misled.</param>
/// <param name="Lessons">What would help with such questions the next time.</param>
internal sealed record Reflection(string Verdict, IReadOnlyList<int> Helpful, IReadOnlyList<int> Harmful, IReadOnlyList<string> Lessons)
{
    /// <summary>The form of the judgement, as OpenAI's structured outputs take it.</summary>
    public const string Schema = """
        {"type":"object","additionalProperties":false,"required":["verdict","helpful","harmful","lessons"],"properties":{"verdict":{"type":"string","enum":["right","wrong","unsure"]},"helpful":{"type":"array","items":{"type":"integer"}},"harmful":{"type":"array","items":{"type":"integer"}},"lessons":{"type":"array","items":{"type":"string"}}}}
        """;

    /// <returns>Null when the text is not of the form.</returns>
    public static Reflection? Read(string text)
    {
        try
        {
            var read = JsonSerializer.Deserialize(text, ReflectionJson.Default.Reflection);
            return read is { Verdict: "right" or "wrong" or "unsure" } && !read.Lessons.Contains(null!) ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What the judge is shown: data in a message of its own.</summary>
internal sealed record ReflectionInput(string Question, string Answer, bool? CallerFoundItHelpful, IReadOnlyList<ReflectionBullet> Bullets);

internal sealed record ReflectionBullet(int Number, string Text);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Reflection))]
[JsonSerializable(typeof(ReflectionInput))]
internal sealed partial class ReflectionJson : JsonSerializerContext;
