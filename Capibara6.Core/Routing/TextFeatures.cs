namespace Capibara6.Core.Routing;

/// <summary>What is counted in a query's text. No meaning is read: these are marks that hard or easy questions tend to bear.</summary>
internal readonly record struct TextFeatures
{
    /// <summary>Read as English, word by word; told once for all who read the text.</summary>
    public required bool IsSpanish { get; init; }

    public required int Characters { get; init; }

    public required int Words { get; init; }

    /// <summary>Ends of sentences, at least 1 where there are words.</summary>
    public required int Sentences { get; init; }

    public required int Questions { get; init; }

    /// <summary>Numbers, each counted once whatever its length.</summary>
    public required int Numbers { get; init; }

    /// <summary>Signs such as = + ^ ∑ √ ≤ and LaTeX's backslash words.</summary>
    public required int MathSigns { get; init; }

    /// <summary>Signs that programs are full of: braces, semicolons, arrows, call parentheses, code fences.</summary>
    public required int CodeSigns { get; init; }

    /// <summary>Words that ask for reasoning: prove, derive, compare, why, …</summary>
    public required int ReasoningWords { get; init; }

    /// <summary>Words that string steps together: first, then, finally, …</summary>
    public required int StepWords { get; init; }

    /// <summary>Words that ask for something short: what, who, define, list, translate, …</summary>
    public required int SimpleWords { get; init; }

    /// <summary>Words that weigh: optimal, concurrent, distributed, theorem, …</summary>
    public required int HardWords { get; init; }

    /// <summary>The domain with the most words and signs; <see cref="QueryDomain.General"/> when none stands out.</summary>
    public required QueryDomain Domain { get; init; }

    /// <summary>How far that domain stands out, in [0, 1].</summary>
    public required double DomainConfidence { get; init; }
}

/// <summary>What a query is about. Results name it in snake_case.</summary>
internal enum QueryDomain
{
    General,
    Code,
    Mathematics,
    Science,
    Medicine,
    Law,
    Finance,
    Writing,
    Translation,
}
