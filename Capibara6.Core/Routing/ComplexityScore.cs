namespace Capibara6.Core.Routing;

/// <summary>How hard a query looks: a weighted sum of its features through a logistic curve, and which of them weighed most.</summary>
internal static class ComplexityScore
{
    // Where a query without any mark stands: below the middle, for most questions are everyday ones.
    private const double Base = -1.5;

    /// <returns>Complexity in [0, 1], and the marks that moved it, strongest first, at most three.</returns>
    public static (double Complexity, string Marks) Of(in TextFeatures features)
    {
        Span<Contribution> contributions =
        [
            new("length", 0.45 * Math.Log2(1 + (features.Words / 25.0))),
            new("several sentences", 0.08 * Math.Min(features.Sentences - 1, 8)),
            new("several questions", 0.25 * Math.Min(Math.Max(features.Questions - 1, 0), 4)),
            new("numbers", 0.10 * Math.Min(features.Numbers, 10)),
            new("mathematical signs", 0.12 * Math.Min(features.MathSigns, 12)),
            new("code", 0.05 * Math.Min(features.CodeSigns, 30)),
            new("words that ask for reasoning", 0.60 * Math.Min(features.ReasoningWords, 4)),
            new("several steps", 0.20 * Math.Min(features.StepWords, 6)),
            new("demanding terms", 0.55 * Math.Min(features.HardWords, 5)),
            new("a short request", -0.50 * Math.Min(features.SimpleWords, 2) * (features.Words <= 30 ? 1 : 0.2)),
            new("the domain", DomainWeight(features.Domain) * features.DomainConfidence),
        ];

        var sum = Base;
        foreach (var contribution in contributions)
        {
            sum += contribution.Weight;
        }

        return (1 / (1 + Math.Exp(-sum)), Describe(contributions));
    }

    private static double DomainWeight(QueryDomain domain) => domain switch
    {
        QueryDomain.Mathematics => 0.7,
        QueryDomain.Law or QueryDomain.Medicine => 0.5,
        QueryDomain.Code or QueryDomain.Science or QueryDomain.Finance => 0.4,
        QueryDomain.Translation => -0.4,
        _ => 0,
    };

    private static string Describe(Span<Contribution> contributions)
    {
        const double Noticeable = 0.15;
        const int Most = 3;
        contributions.Sort(static (left, right) => Math.Abs(right.Weight).CompareTo(Math.Abs(left.Weight)));
        var marks = new List<string>(Most);
        foreach (var contribution in contributions)
        {
            if (marks.Count < Most && Math.Abs(contribution.Weight) >= Noticeable)
            {
                marks.Add(contribution.Name);
            }
        }

        return marks.Count == 0 ? "nothing unusual" : string.Join(", ", marks);
    }

    private readonly record struct Contribution(string Name, double Weight);
}
