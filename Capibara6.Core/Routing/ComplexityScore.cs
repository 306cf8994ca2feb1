namespace Capibara6.Core.Routing;

/// <summary>How hard a query looks: a weighted sum of its features through a logistic curve.</summary>
internal static class ComplexityScore
{
    // Where a query without any mark stands: below the middle, for most questions are everyday ones.
    private const double Base = -1.5;

    private const int Parts = 12;

    private static readonly string[] s_names =
    [
        "the length", "a long text", "several sentences", "several questions", "numbers", "mathematical signs", "code", "words that ask for reasoning",
        "several steps", "demanding terms", "a short request", "the domain",
    ];

    /// <returns>Complexity in [0, 1].</returns>
    public static double Of(in TextFeatures features)
    {
        Span<double> parts = stackalloc double[Parts];
        Weigh(features, parts);
        var sum = Base;
        foreach (var part in parts)
        {
            sum += part;
        }

        return 1 / (1 + Math.Exp(-sum));
    }

    public static RoutingMarks MarksOf(in TextFeatures features)
    {
        const double Noticeable = 0.15;
        Span<double> parts = stackalloc double[Parts];
        Weigh(features, parts);
        var marks = default(RoutingMarks);
        for (var i = 0; i < Parts; i++)
        {
            if (Math.Abs(parts[i]) >= Noticeable)
            {
                marks.Add(s_names[i], parts[i]);
            }
        }

        return marks;
    }

    private static void Weigh(in TextFeatures features, Span<double> parts)
    {
        ReadOnlySpan<double> weighed =
        [
            0.45 * Math.Log2(1 + (features.Words / 25.0)),
            0.90 * Math.Max(0, Math.Log2((features.Characters + 1) / 4_000.0)),
            0.08 * Math.Min(features.Sentences - 1, 8),
            0.25 * Math.Min(Math.Max(features.Questions - 1, 0), 4),
            0.10 * Math.Min(features.Numbers, 10),
            0.12 * Math.Min(features.MathSigns, 12),
            0.05 * Math.Min(features.CodeSigns, 30),
            0.60 * Math.Min(features.ReasoningWords, 4),
            0.20 * Math.Min(features.StepWords, 6),
            0.55 * Math.Min(features.HardWords, 5),
            -0.50 * Math.Min(features.SimpleWords, 2) * (features.Words <= 30 ? 1 : 0.2),
            DomainWeight(features.Domain) * features.DomainConfidence,
        ];
        weighed.CopyTo(parts);
    }

    private static double DomainWeight(QueryDomain domain) => domain switch
    {
        QueryDomain.Mathematics => 0.7,
        QueryDomain.Law or QueryDomain.Medicine => 0.5,
        QueryDomain.Code or QueryDomain.Science or QueryDomain.Finance => 0.4,
        QueryDomain.Translation => -0.4,
        _ => 0,
    };
}
