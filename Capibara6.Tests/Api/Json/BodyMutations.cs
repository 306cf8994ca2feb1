using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Capibara6.Tests.Api.Json;

/// <summary>Bodies that differ from a good one at one place: another value there, a value too many, or one too few.</summary>
internal static class BodyMutations
{
    private const string Mark = "«here»";

    /// <summary>As text, since half of them is what no serializer would write.</summary>
    private static readonly string[] s_values =
    [
        "null", "true", "false", "0", "-1", "1.5", "1e400", "-1e400", "2147483648", "9223372036854775807", "9223372036854775808",
        "79228162514264337593543950335", "1e-20", "\"\"", "\" \"", "\"x\"", "\"\\u0000\"", "\"a\\u0000b@c.d\"", "\"\\ud800\"", "\"null\"",
        "\"0001-01-01T00:00:00+14:00\"", "\"9999-12-31T23:59:59.9999999-14:00\"", $"\"{new string('x', 40_000)}\"",
        "[]", "{}", "[null]", "[[]]", "[\"x\"]", "[1]", "[{}]", "{\"\":null}", "{\"a\":null}", "{\"a\":\"x\"}", "{\"a\":2147483648}",
        $"{new string('[', 40)}{new string(']', 40)}", $"{string.Concat(Enumerable.Repeat("{\"a\":", 200))}1{new string('}', 200)}",
    ];

    private static readonly JsonSerializerOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="body">A body that is right, with every field that there is.</param>
    /// <returns>Where something else stands, and the body with it.</returns>
    public static IEnumerable<(string Path, string Body)> Of(string body)
    {
        foreach (var value in s_values)
        {
            yield return ("", value);
        }

        foreach (var place in PlacesIn(JsonNode.Parse(body)!))
        {
            foreach (var value in s_values)
            {
                yield return (string.Join('.', place), With(body, place, value));
            }

            if (Without(body, place) is { } shorter)
            {
                yield return ($"without {string.Join('.', place)}", shorter);
            }
        }
    }

    /// <summary>All places of a body, and beside each a new one: a field that is not known, an entry at the end.</summary>
    private static IEnumerable<object[]> PlacesIn(JsonNode node) => node switch
    {
        JsonObject parent => parent.SelectMany(field => Nested(field.Key, field.Value)).Append(["unheard_of"]),
        JsonArray parent => parent.SelectMany((item, index) => Nested(index, item)).Append([parent.Count]),
        _ => [],
    };

    private static IEnumerable<object[]> Nested(object step, JsonNode? node) =>
        (node is null ? [] : PlacesIn(node)).Select(place => place.Prepend(step).ToArray()).Prepend([step]);

    private static string With(string body, object[] place, string value)
    {
        var root = JsonNode.Parse(body)!;
        var parent = ParentOf(root, place);
        if (place[^1] is string name)
        {
            parent[name] = Mark;
        }
        else if ((int)place[^1] is var index && index < parent.AsArray().Count)
        {
            parent[index] = Mark;
        }
        else
        {
            parent.AsArray().Add(Mark);
        }

        return root.ToJsonString(s_plain).Replace($"\"{Mark}\"", value, StringComparison.Ordinal);
    }

    private static string? Without(string body, object[] place)
    {
        var root = JsonNode.Parse(body)!;
        switch (ParentOf(root, place))
        {
            case JsonObject parent when parent.Remove((string)place[^1]):
                return root.ToJsonString(s_plain);
            case JsonArray parent when (int)place[^1] < parent.Count:
                parent.RemoveAt((int)place[^1]);
                return root.ToJsonString(s_plain);
            default:
                return null;
        }
    }

    private static JsonNode ParentOf(JsonNode root, object[] place) =>
        place[..^1].Aggregate(root, (node, step) => step is string name ? node[name]! : node[(int)step]!);
}
