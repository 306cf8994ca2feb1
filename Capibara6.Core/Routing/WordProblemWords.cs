using System.Collections.Frozen;

namespace Capibara6.Core.Routing;

/// <summary>What a word of an arithmetic problem tells.</summary>
internal enum WordProblemConcept
{
    None,
    Number,
    Fraction,
    Multiple,
    Comparison,
    Each,
    Rest,
    Total,
    Condition,
    Time,
    Age,
    Average,
    Speed,
    Order,
    Same,
    Trade,
    Restriction,
    Asks,
}

/// <summary>English words of arithmetic problems; Spanish ones come translated.</summary>
internal static class WordProblemWords
{
    public const int ConceptCount = (int)WordProblemConcept.Asks + 1;

    private static readonly FrozenDictionary<string, WordProblemConcept> s_words = Build();

    private static readonly FrozenDictionary<string, WordProblemConcept>.AlternateLookup<ReadOnlySpan<char>> s_find =
        s_words.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <param name="word">In lower case.</param>
    public static WordProblemConcept Find(ReadOnlySpan<char> word) => s_find.GetValueOrDefault(word);

    private static WordProblemConcept GetValueOrDefault(
        this FrozenDictionary<string, WordProblemConcept>.AlternateLookup<ReadOnlySpan<char>> words, ReadOnlySpan<char> word) =>
        words.TryGetValue(word, out var concept) ? concept : WordProblemConcept.None;

    private static FrozenDictionary<string, WordProblemConcept> Build()
    {
        var words = new Dictionary<string, WordProblemConcept>(StringComparer.Ordinal);
        Add(WordProblemConcept.Number, "one two three four five six seven eight nine ten eleven twelve twenty thirty fifty hundred thousand dozen");
        Add(WordProblemConcept.Fraction, "half third quarter thirds quarters fifth fourth fraction halves fifths");
        Add(WordProblemConcept.Multiple, "twice double triple times doubled tripled");
        Add(WordProblemConcept.Comparison, "more less fewer than older younger taller longer shorter");
        Add(WordProblemConcept.Each, "each every per");
        Add(WordProblemConcept.Rest, "left remaining remain rest remainder");
        Add(WordProblemConcept.Total, "total altogether combined together sum");
        Add(WordProblemConcept.Condition, "if when while until unless");
        Add(WordProblemConcept.Time, "hour hours minutes minute day days week weeks month months");
        Add(WordProblemConcept.Age, "age old years year");
        Add(WordProblemConcept.Average, "average mean");
        Add(WordProblemConcept.Speed, "speed mph miles rate");
        Add(WordProblemConcept.Order, "first second then next after before");
        Add(WordProblemConcept.Same, "same equal equally");
        Add(WordProblemConcept.Trade, "ratio profit discount interest tax cost costs");
        Add(WordProblemConcept.Restriction, "only not but instead except however also");
        Add(WordProblemConcept.Asks, "how what find calculate");
        return words.ToFrozenDictionary(StringComparer.Ordinal);

        void Add(WordProblemConcept concept, string list)
        {
            foreach (var word in list.Split(' '))
            {
                words.Add(word, concept);
            }
        }
    }
}
