using System.Text.Json;

namespace Capibara6.Core.Gateway;

/// <summary>
/// Finds in a prompt (messages, input or a bare text) what the user said last, and what is no text: images, audio, files.
/// </summary>
internal static class PromptReader
{
    // What the router looks at; a longer question is a long question by its beginning too.
    private const int MaxLookedAt = 32_000;

    /// <summary>Reads the value that the reader stands on, to its end.</summary>
    /// <returns>False when it is none of the shapes that a prompt has.</returns>
    public static bool Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, GatewayRoute route, RequestFacts facts)
    {
        if (reader.TokenType == JsonTokenType.String && !route.PromptIsList)
        {
            facts.LastText = TextAt(body, (int)reader.TokenStartIndex, (int)reader.BytesConsumed);
            return true;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        var depth = reader.CurrentDepth;
        var last = default(Range?);
        var entries = 0;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            entries++;
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                last = ReadEntry(ref reader, facts) ?? last;
            }
            else if (route.PromptIsList)
            {
                return false;
            }
            else if (reader.TokenType == JsonTokenType.String)
            {
                last = (int)reader.TokenStartIndex..(int)reader.BytesConsumed;
            }
            else
            {
                reader.Skip();
            }
        }

        facts.LastText = last is { } range ? TextAt(body, range.Start.Value, range.End.Value) : "";
        return entries > 0;
    }

    /// <returns>Where the last text of the entry stands, if the user says it.</returns>
    private static Range? ReadEntry(ref Utf8JsonReader reader, RequestFacts facts)
    {
        var depth = reader.CurrentDepth;
        var isUsers = true;
        var text = default(Range?);
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            var isRole = reader.CurrentDepth == depth + 1 && reader.ValueTextEquals("role"u8);
            var isText = reader.ValueTextEquals("content"u8) || reader.ValueTextEquals("text"u8);
            var isHeavy = reader.ValueTextEquals("url"u8) || reader.ValueTextEquals("image_url"u8) || reader.ValueTextEquals("data"u8)
                || reader.ValueTextEquals("file_data"u8);
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                continue;
            }

            if (isRole)
            {
                isUsers = reader.ValueTextEquals("user"u8);
            }
            else if (isText)
            {
                text = (int)reader.TokenStartIndex..(int)reader.BytesConsumed;
            }
            else if (isHeavy)
            {
                facts.HeavyParts++;
                facts.HeavyBytes += reader.ValueSpan.Length;
            }
        }

        return isUsers ? text : null;
    }

    private static string TextAt(ReadOnlySpan<byte> body, int start, int end)
    {
        var reader = new Utf8JsonReader(body[start..end]);
        reader.Read();
        var text = reader.GetString()!;
        return text.Length <= MaxLookedAt ? text : text[..MaxLookedAt];
    }
}
