using System.Globalization;

namespace Capibara6.Core.Routing;

/// <summary>What an arithmetic problem in words is measured by.</summary>
internal static class WordProblemFeatures
{
    private const int First = 17;

    /// <summary>As the reasons name them, in the order in which <see cref="Read"/> gives them.</summary>
    public static readonly string[] Names =
    [
        "the number of words", "the number of sentences", "the length of the sentences", "the number of numbers", "large numbers", "small numbers",
        "decimals", "different numbers", "percentages", "sums of money", "fractions in digits", "questions", "capital letters",
        "the length of the words", "commas", "quotations", "different words",
        .. Enum.GetValues<WordProblemConcept>().Skip(1).Select(NameOf),
    ];

    public static int Count => Names.Length;

    /// <param name="values">Takes <see cref="Count"/> values.</param>
    public static void Read(ReadOnlySpan<char> text, bool isSpanish, Span<double> values)
    {
        values.Clear();
        Span<int> concepts = stackalloc int[WordProblemWords.ConceptCount];
        concepts.Clear();
        Span<char> folded = stackalloc char[32];
        Span<char> made = stackalloc char[36];
        Span<int> seenNumbers = stackalloc int[32];
        Span<int> seenWords = stackalloc int[256];
        var (words, letters, capitals, sentences, numbers, distinct, distinctWords, decimals, fractions) = (0, 0, 0, 0, 0, 0, 0, 0, 0);
        var (largest, smallest) = (0.0, double.MaxValue);
        var reader = new TermReader(text);
        while (reader.Read())
        {
            var term = reader.Term;
            var end = reader.Start + term.Length;
            if (char.IsAsciiDigit(term[0]))
            {
                // A number goes on over commas and points; its further parts are read as terms of their own.
                var inside = reader.Start > 1 && text[reader.Start - 1] is '.' or ',' && char.IsAsciiDigit(text[Math.Max(reader.Start - 2, 0)]);
                decimals += inside && text[reader.Start - 1] == '.' ? 1 : 0;
                fractions += reader.Start > 1 && text[reader.Start - 1] == '/' ? 1 : 0;
                if (!inside)
                {
                    var value = ValueAt(text[reader.Start..]);
                    (largest, smallest) = (Math.Max(largest, value), Math.Min(smallest, value));
                    distinct += AddTo(seenNumbers, ref numbers, value.GetHashCode()) ? 1 : 0;
                }
            }
            else if (char.IsLetter(term[0]))
            {
                var word = Spanish.Fold(term, folded);
                letters += term.Length;
                capitals += char.IsUpper(term[0]) ? 1 : 0;
                concepts[(int)WordProblemWords.Find(isSpanish ? Spanish.ToEnglish(word, made) : word)]++;
                distinctWords += AddTo(seenWords, ref words, (int)HashedTerms.HashOf(word)) ? 1 : 0;
            }
            else
            {
                sentences += term[0] is '.' or '?' or '!' && (end == text.Length || char.IsWhiteSpace(text[end])) ? 1 : 0;
            }
        }

        sentences = Math.Max(sentences, 1);
        ReadOnlySpan<double> measured =
        [
            Math.Log(1 + words), Math.Log(1 + sentences), (double)words / sentences, Math.Log(1 + numbers), Math.Log(1 + largest),
            Math.Log(1 + (numbers == 0 ? 0 : smallest)), decimals, distinct, text.Count('%'), Math.Log(1 + text.Count('$')), fractions,
            text.Count('?'), Math.Log(1 + capitals), (double)letters / Math.Max(words, 1), Math.Log(1 + text.Count(',')),
            text.Count('"'), (double)distinctWords / Math.Max(Math.Min(words, seenWords.Length), 1),
        ];
        measured.CopyTo(values);
        for (var concept = 1; concept < concepts.Length; concept++)
        {
            values[First + concept - 1] = concepts[concept];
        }
    }

    private static double ValueAt(ReadOnlySpan<char> text)
    {
        Span<char> digits = stackalloc char[16];
        var length = 0;
        foreach (var c in text)
        {
            if (length == digits.Length || !(char.IsAsciiDigit(c) || c is '.' or ','))
            {
                break;
            }

            if (c != ',')
            {
                digits[length++] = c;
            }
        }

        return double.TryParse(digits[..length].TrimEnd('.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value : 0;
    }

    // Counts every one, remembers as many as there is room for.
    private static bool AddTo(Span<int> seen, ref int count, int hash)
    {
        var known = Math.Min(count++, seen.Length);
        if (seen[..known].Contains(hash) || known == seen.Length)
        {
            return false;
        }

        seen[known] = hash;
        return true;
    }

    private static string NameOf(WordProblemConcept concept) => concept switch
    {
        WordProblemConcept.Number => "numbers in words",
        WordProblemConcept.Fraction => "fractions in words",
        WordProblemConcept.Multiple => "multiples",
        WordProblemConcept.Comparison => "comparisons",
        WordProblemConcept.Each => "amounts for each",
        WordProblemConcept.Rest => "remainders",
        WordProblemConcept.Total => "totals",
        WordProblemConcept.Condition => "conditions",
        WordProblemConcept.Time => "times",
        WordProblemConcept.Age => "ages",
        WordProblemConcept.Average => "averages",
        WordProblemConcept.Speed => "speeds",
        WordProblemConcept.Order => "an order of steps",
        WordProblemConcept.Same => "equalities",
        WordProblemConcept.Trade => "prices and rates",
        WordProblemConcept.Restriction => "exceptions",
        _ => "what is asked",
    };
}
