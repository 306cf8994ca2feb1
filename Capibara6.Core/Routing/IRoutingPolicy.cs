namespace Capibara6.Core.Routing;

/// <summary>A named way to tell how much the larger model is needed.</summary>
internal interface IRoutingPolicy
{
    string Name { get; }

    RoutingEstimate Estimate(string text, in TextFeatures features, double complexity);

    /// <summary>The probability from which a share of the questions, in [0, 1], goes to a tier or a stronger one.</summary>
    double ThresholdFor(double share);
}

/// <param name="Needed">Probability that the larger model is needed: that it answers rightly what the smaller one answers wrongly.</param>
/// <param name="Marks">What in the text weighed.</param>
internal readonly record struct RoutingEstimate(double Needed, RoutingMarks Marks);

/// <summary>By counted marks and a table of words.</summary>
internal sealed class RulesPolicy(RouterModel model) : IRoutingPolicy
{
    public const string PolicyName = "rules";

    public string Name => PolicyName;

    public RoutingEstimate Estimate(string text, in TextFeatures features, double complexity) =>
        new(model.Rules.Of(complexity), ComplexityScore.MarksOf(features));

    public double ThresholdFor(double share) => RouterModel.ThresholdFor(share, model.RulesShares);
}

/// <summary>By what was learned from questions that both models have answered.</summary>
internal sealed class LearnedPolicy(RouterModel model) : IRoutingPolicy
{
    public const string PolicyName = "learned";

    public string Name => PolicyName;

    public RoutingEstimate Estimate(string text, in TextFeatures features, double complexity)
    {
        var marks = default(RoutingMarks);
        return new(model.Needed(text, features, ref marks), marks);
    }

    public double ThresholdFor(double share) => RouterModel.ThresholdFor(share, model.LearnedShares);
}

/// <summary>One and the same tier for everything, with the learned estimate beside it.</summary>
internal sealed class FixedPolicy(string name, bool large, RouterModel model) : IRoutingPolicy
{
    public const string SmallName = "always-small";
    public const string LargeName = "always-large";

    private readonly LearnedPolicy _learned = new(model);

    public string Name => name;

    public RoutingEstimate Estimate(string text, in TextFeatures features, double complexity) => _learned.Estimate(text, features, complexity);

    public double ThresholdFor(double share) => large || share >= 1 ? 0 : double.PositiveInfinity;
}
