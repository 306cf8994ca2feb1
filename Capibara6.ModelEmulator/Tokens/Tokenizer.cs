using System.Text;

namespace Capibara6.ModelEmulator.Tokens;

/// <summary>
/// Cuts text into pieces about as long as real tokens. An approximation, the same for every model and every run: a piece is up to
/// six letters or digits with the space before them, a run of white space, or a single other character. The pieces joined are
/// the text again, and none splits a character.
/// </summary>
internal static class Tokenizer
{
    private const int MaxWordPiece = 6;

    public static int Count(string text)
    {
        var count = 0;
        for (var at = 0; at < text.Length; at += PieceLength(text, at))
        {
            count++;
        }

        return count;
    }

    public static IEnumerable<string> Split(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var length = PieceLength(text, at);
            yield return text.Substring(at, length);
            at += length;
        }
    }

    private static int PieceLength(string text, int start)
    {
        var at = start;
        if (text[at] == ' ' && at + 1 < text.Length && char.IsLetterOrDigit(text[at + 1]))
        {
            at++;
        }

        if (char.IsLetterOrDigit(text[at]))
        {
            var end = Math.Min(text.Length, at + MaxWordPiece);
            while (at < end && char.IsLetterOrDigit(text[at]))
            {
                at++;
            }

            return at - start;
        }

        if (char.IsWhiteSpace(text[at]))
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]) && !(text[at] == ' ' && at > start && StartsWord(text, at + 1)))
            {
                at++;
            }

            return at - start;
        }

        Rune.DecodeFromUtf16(text.AsSpan(at), out _, out var consumed);
        return consumed;
    }

    private static bool StartsWord(string text, int at) => at < text.Length && char.IsLetterOrDigit(text[at]);
}
