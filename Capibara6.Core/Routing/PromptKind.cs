using System.Buffers;

namespace Capibara6.Core.Routing;

/// <summary>What sort of request a text is. Each has an estimator of its own, for what makes it hard differs.</summary>
internal enum PromptKind
{
    /// <summary>Anything else: chat, code, essays, proofs.</summary>
    OpenRequest,

    /// <summary>A question with lettered choices.</summary>
    ChoiceQuestion,

    /// <summary>A short text with several numbers and a question: arithmetic in words.</summary>
    WordProblem,
}

internal static class PromptKinds
{
    private const int LongestWordProblem = 1_600;
    private const int ShortestWordProblem = 40;

    private static readonly SearchValues<char> s_formal = SearchValues.Create("{};`\\^=_<>∑∫√");

    public static PromptKind Of(ReadOnlySpan<char> text, bool isSpanish)
    {
        if (HasChoice(text, 'A') && HasChoice(text, 'B'))
        {
            return PromptKind.ChoiceQuestion;
        }

        return text.Length is >= ShortestWordProblem and <= LongestWordProblem && IsWordProblem(text, isSpanish) ? PromptKind.WordProblem : PromptKind.OpenRequest;
    }

    private static bool HasChoice(ReadOnlySpan<char> text, char letter) =>
        text.IndexOf([ '\n', letter, '.', ' ' ]) >= 0 || text.IndexOf([ '\n', letter, ')', ' ' ]) >= 0;

    // Programs and formulas hold numbers too.
    private static bool IsWordProblem(ReadOnlySpan<char> text, bool isSpanish)
    {
        if (!text.ContainsAny('?', '.') || text.ContainsAny(s_formal))
        {
            return false;
        }

        var (numbers, words, asks) = (0, 0, false);
        Span<char> folded = stackalloc char[32];
        Span<char> made = stackalloc char[36];
        var reader = new TermReader(text);
        while (reader.Read())
        {
            var term = reader.Term;
            if (char.IsLetter(term[0]))
            {
                words++;
                var word = Spanish.Fold(term, folded);
                var concept = WordProblemWords.Find(isSpanish ? Spanish.ToEnglish(word, made) : word);
                numbers += concept is WordProblemConcept.Number or WordProblemConcept.Fraction or WordProblemConcept.Multiple ? 1 : 0;
                asks |= concept is WordProblemConcept.Asks;
            }
            else
            {
                numbers += char.IsAsciiDigit(term[0]) ? 1 : 0;
            }
        }

        return numbers >= 2 && words >= 8 && (asks || text.Contains('?'));
    }
}
