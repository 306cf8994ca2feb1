using System.Globalization;
using System.Text;

namespace Capibara6.ModelEmulator.Answers;

/// <summary>Small Python programs that need nothing but Python 3.9 and print something.</summary>
internal static class PythonProgram
{
    private const int MaxLiteral = 120;

    public static string For(string question)
    {
        var program = Array.Find(s_byWord, entry => question.Contains(entry.Word, StringComparison.OrdinalIgnoreCase)).Program;
        return program ?? WordCount(question);
    }

    private static readonly (string Word, string Program)[] s_byWord =
    [
        ("fibonacci", """
            def fibonacci(count: int) -> list[int]:
                numbers = [0, 1]
                while len(numbers) < count:
                    numbers.append(numbers[-1] + numbers[-2])
                return numbers[:count]


            print(fibonacci(10))

            """),
        ("factorial", """
            def factorial(n: int) -> int:
                return 1 if n < 2 else n * factorial(n - 1)


            print(factorial(10))

            """),
        ("prime", """
            def primes(limit: int) -> list[int]:
                return [n for n in range(2, limit) if all(n % d for d in range(2, int(n ** 0.5) + 1))]


            print(primes(50))

            """),
        (Mistaken, """
            def average(numbers: list[float]) -> float:
                return sum(numbers) / len(numbers) if numbers else 0.0


            print(average([2, 4, 9]), average([]))

            """),
        ("sort", """
            def insertion_sort(items: list[int]) -> list[int]:
                result: list[int] = []
                for item in items:
                    at = len(result)
                    while at > 0 and result[at - 1] > item:
                        at -= 1
                    result.insert(at, item)
                return result


            print(insertion_sort([5, 2, 9, 1, 5, 6]))

            """),
    ];

    /// <summary>The word of a question that gets a mistake first: a list of nothing has no average.</summary>
    public const string Mistaken = "average";

    public const string Mistake = """
        def average(numbers: list[float]) -> float:
            return sum(numbers) / len(numbers)


        print(average([2, 4, 9]), average([]))

        """;

    private static string WordCount(string question) =>
        $$"""
        def count_words(text: str) -> dict[str, int]:
            counts: dict[str, int] = {}
            for word in text.lower().split():
                counts[word] = counts.get(word, 0) + 1
            return counts


        print(count_words({{Literal(question)}}))

        """;

    // Everything but printable ASCII is escaped, so that no prompt can break out of the string.
    private static string Literal(string text)
    {
        var literal = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes().Take(MaxLiteral))
        {
            literal.Append(rune.Value switch
            {
                '"' or '\\' or (< ' ') or (> '~') => string.Create(CultureInfo.InvariantCulture, $"\\U{rune.Value:X8}"),
                _ => ((char)rune.Value).ToString(),
            });
        }

        return literal.Append('"').ToString();
    }
}
