using System.Collections.Frozen;
using System.Text;

namespace Capibara6.Core.Routing;

/// <summary>
/// Reads Spanish as English, word by word, so that what is known of English holds for both: a glossary of common words, and
/// endings that turn a learned word into its English cousin (<c>-ción</c> to <c>-tion</c>).
/// </summary>
internal static class Spanish
{
    private const int LongestWord = 32;

    // Enough to tell the language by.
    private const int Looked = 600;

    private static readonly FrozenDictionary<string, string> s_glossary = ReadGlossary();

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> s_find = s_glossary.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenSet<string> s_spanish = Words("""
        el la los las de del que y en un una por para con es se como cual cuales quien donde cuando cuanto cuantos cuantas su sus al
        lo hola gracias buenos buenas dias esta este son tiene traduce demuestra explica escribe calcula resuelve disena compara si
        """);

    private static readonly FrozenSet<string> s_english = Words("""
        the of and to in is that for it with as was are on by which what how many this be from an or at if his her you do does i
        """);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> s_isSpanish = s_spanish.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> s_isEnglish = s_english.GetAlternateLookup<ReadOnlySpan<char>>();

    // Longer endings first.
    private static readonly (string Spanish, string English)[] s_endings =
    [
        ("ciones", "tions"), ("siones", "sions"), ("amente", "ally"), ("logia", "logy"), ("cion", "tion"), ("sion", "sion"), ("idad", "ity"),
        ("mente", "ly"), ("ivos", "ive"), ("ivas", "ive"), ("ivo", "ive"), ("iva", "ive"), ("osos", "ous"), ("osas", "ous"), ("oso", "ous"),
        ("osa", "ous"), ("icos", "ic"), ("icas", "ic"), ("ico", "ic"), ("ica", "ic"), ("encia", "ence"), ("ancia", "ance"), ("ismo", "ism"),
        ("ista", "ist"), ("ente", "ent"), ("ante", "ant"), ("ario", "ary"), ("aria", "ary"), ("orio", "ory"), ("ia", "y"), ("io", "y"),
    ];

    /// <summary>Whether more of the first words are Spanish function words than English ones.</summary>
    public static bool Looks(ReadOnlySpan<char> text)
    {
        text = text[..Math.Min(text.Length, Looked)];
        Span<char> buffer = stackalloc char[LongestWord];
        var (spanish, english) = (0, 0);
        for (var i = 0; i < text.Length;)
        {
            if (!char.IsLetter(text[i]))
            {
                spanish += text[i] is '¿' or '¡' ? 1 : 0;
                i++;
                continue;
            }

            var start = i;
            while (i < text.Length && char.IsLetter(text[i]))
            {
                i++;
            }

            if (i - start <= LongestWord)
            {
                var word = Fold(text[start..i], buffer);
                spanish += s_isSpanish.Contains(word) ? 1 : 0;
                english += s_isEnglish.Contains(word) ? 1 : 0;
            }
        }

        return spanish > english;
    }

    /// <summary>Lower case without accents, in <paramref name="buffer"/>; cut at its length.</summary>
    public static ReadOnlySpan<char> Fold(ReadOnlySpan<char> word, Span<char> buffer)
    {
        var length = Math.Min(word.Length, buffer.Length);
        for (var i = 0; i < length; i++)
        {
            var c = char.ToLowerInvariant(word[i]);
            buffer[i] = c switch
            {
                < (char)128 => c,
                'á' or 'à' or 'â' => 'a',
                'é' or 'è' or 'ê' => 'e',
                'í' or 'ì' or 'î' or 'ï' => 'i',
                'ó' or 'ò' or 'ô' => 'o',
                'ú' or 'ù' or 'û' or 'ü' => 'u',
                'ñ' => 'n',
                _ => c,
            };
        }

        return buffer[..length];
    }

    /// <summary>The English word for a folded Spanish one; the word itself where nothing is known.</summary>
    /// <param name="buffer">Where a word that has to be made is made.</param>
    public static ReadOnlySpan<char> ToEnglish(ReadOnlySpan<char> word, Span<char> buffer)
    {
        if (s_find.TryGetValue(word, out var known))
        {
            return known;
        }

        foreach (var (spanish, english) in s_endings)
        {
            var stem = word.Length - spanish.Length;
            if (stem >= 3 && word.EndsWith(spanish, StringComparison.Ordinal) && stem + english.Length <= buffer.Length)
            {
                word[..stem].CopyTo(buffer);
                english.CopyTo(buffer[stem..]);
                return buffer[..(stem + english.Length)];
            }
        }

        return word;
    }

    private static FrozenSet<string> Words(string list) =>
        list.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    private static FrozenDictionary<string, string> ReadGlossary()
    {
        using var stream = typeof(Spanish).Assembly.GetManifestResourceStream("Capibara6.Core.Routing.Spanish.txt")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#' && line.Split(':') is [var english, var spanish])
            {
                foreach (var word in spanish.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    // The first meaning given holds.
                    words.TryAdd(word, english.Trim());
                }
            }
        }

        return words.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
