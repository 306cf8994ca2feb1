namespace Capibara6.Core.Routing;

/// <summary>What a request without a fixed form is measured by: the counts of <see cref="TextFeatures"/>, damped.</summary>
internal static class OpenRequestFeatures
{
    private const int Counts = 11;

    /// <summary>As the reasons name them, in the order in which <see cref="Read"/> gives them.</summary>
    public static readonly string[] Names =
    [
        "length", "many words", "many sentences", "questions", "numbers", "mathematical signs", "code",
        "words that ask for reasoning", "words for steps", "words of short requests", "demanding terms",
        .. Enum.GetNames<QueryDomain>().Skip(1).Select(name => "the domain " + name.ToLowerInvariant()),
    ];

    public static int Count => Names.Length;

    /// <param name="values">Takes <see cref="Count"/> values.</param>
    public static void Read(in TextFeatures text, Span<double> values)
    {
        values.Clear();
        ReadOnlySpan<double> counts =
        [
            Math.Max(0, Math.Log2((1 + text.Characters) / 200.0)), Math.Log2(1 + (text.Words / 10.0)), Math.Min(text.Sentences, 8), Math.Min(text.Questions, 4),
            Math.Log2(1 + Math.Min(text.Numbers, 10)), Math.Log2(1 + Math.Min(text.MathSigns, 12)), Math.Log2(1 + Math.Min(text.CodeSigns, 30)),
            Math.Min(text.ReasoningWords, 3), Math.Min(text.StepWords, 4), Math.Min(text.SimpleWords, 2), Math.Min(text.HardWords, 4),
        ];
        counts.CopyTo(values);
        if (text.Domain != QueryDomain.General)
        {
            values[Counts + (int)text.Domain - 1] = text.DomainConfidence;
        }
    }
}
