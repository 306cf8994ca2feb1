using System.Text;
using Microsoft.ML.Tokenizers;

namespace Capibara6.Core.Context;

/// <summary>The text of a bullet: one line, short, counted in tokens, and comparable with others.</summary>
internal static class BulletText
{
    public const int MaxLength = 600;
    public const int MaxNameLength = 128;
    public const int MaxDomainLength = 64;
    public const int MaxCommentLength = 2_000;

    // One word that differs may turn a short lesson into its opposite; of a long one it is a detail.
    private const double SameLesson = 0.9;

    // Shorter words hold a sentence together rather than say something; figures do.
    private const int ShortestWord = 4;

    // The tokenizer of the gpt-oss models; some 40 MB, so it is there only where bullets are written.
    private static readonly Lazy<TiktokenTokenizer> s_tokenizer = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    public static int CountTokens(string text) => s_tokenizer.Value.CountTokens(text);

    /// <summary>One line without control characters, cut at <see cref="MaxLength"/>; null when nothing is left.</summary>
    public static string? Clean(string text)
    {
        var line = new StringBuilder(Math.Min(text.Length, MaxLength));
        foreach (var rune in text.EnumerateRunes())
        {
            var isBlank = Rune.IsWhiteSpace(rune) || Rune.IsControl(rune);
            if (isBlank && (line.Length == 0 || line[^1] == ' '))
            {
                continue;
            }

            if (line.Length + rune.Utf16SequenceLength > MaxLength)
            {
                break;
            }

            line.Append(isBlank ? " " : rune.ToString());
        }

        var cleaned = line.ToString().TrimEnd();
        return cleaned.Length == 0 ? null : cleaned;
    }

    /// <summary>Whether two texts say the same: whether the words that matter are, but for one in ten, the same.</summary>
    public static bool IsSameLesson(string one, string other)
    {
        var (a, b) = (WordsOf(one), WordsOf(other));
        var common = a.Count(b.Contains);
        return a.Count + b.Count - common is > 0 and var all && (double)common / all >= SameLesson;
    }

    private static HashSet<string> WordsOf(string text)
    {
        var words = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var isWord = i < text.Length && char.IsLetterOrDigit(text[i]);
            if (isWord && start < 0)
            {
                start = i;
            }
            else if (!isWord && start >= 0)
            {
                if (i - start >= ShortestWord || char.IsAsciiDigit(text[start]))
                {
                    words.Add(text[start..i].TrimEnd('s', 'S'));
                }

                start = -1;
            }
        }

        return words;
    }
}
