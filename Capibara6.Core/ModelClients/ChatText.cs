using System.Text;
using System.Text.Json;

namespace Capibara6.Core.ModelClients;

/// <summary>The text of the first choice of a chat completion.</summary>
internal static class ChatText
{
    /// <summary>Of a whole answer.</summary>
    public static string OfMessage(ReadOnlySpan<byte> json) => Read(json, "message"u8);

    /// <summary>Of a piece; empty when it brings none.</summary>
    public static string OfDelta(ReadOnlySpan<byte> json) => Read(json, "delta"u8);

    // choices, its first element, message or delta, content: the text is a string at the fourth level. The bytes were read before.
    private static string Read(ReadOnlySpan<byte> json, ReadOnlySpan<byte> holder)
    {
        // Comments and [DONE] are no pieces.
        if (json.TrimStart(" \t\r\n"u8) is not [(byte)'{', ..])
        {
            return "";
        }

        var reader = new Utf8JsonReader(json);
        var inChoices = false;
        var inHolder = false;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            switch (reader.CurrentDepth)
            {
                case 1:
                    inChoices = reader.ValueTextEquals("choices"u8);
                    break;
                case 3 when inChoices:
                    inHolder = reader.ValueTextEquals(holder);
                    break;
                case 4 when inChoices && inHolder && reader.ValueTextEquals("content"u8):
                    reader.Read();
                    return reader.TokenType == JsonTokenType.String ? Clean(TextOf(ref reader)) : "";
                default:
                    break;
            }
        }

        return "";
    }

    // Half a surrogate pair is no text; GetString refuses it, though it is JSON.
    private static string TextOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw new ModelCallException(ModelFault.Garbage, "the answer holds no valid Unicode", exception);
        }
    }

    /// <summary>PostgreSQL's text can't hold NUL, and no answer means it.</summary>
    private static string Clean(string text) => text.Contains('\0') ? text.Replace('\0', (char)Rune.ReplacementChar.Value) : text;
}
