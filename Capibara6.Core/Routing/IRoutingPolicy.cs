namespace Capibara6.Core.Routing;

/// <summary>A named way to choose between the smaller and the larger model.</summary>
internal interface IRoutingPolicy
{
    string Name { get; }

    /// <summary>Chooses, given how hard the query looks and from where on that is hard.</summary>
    RoutingChoice Choose(double complexity, double threshold);
}

/// <param name="Reason">Completes "The larger model was chosen: …".</param>
internal readonly record struct RoutingChoice(bool Large, string Reason);

/// <summary>The larger model from a threshold of complexity on.</summary>
internal sealed class ComplexityPolicy : IRoutingPolicy
{
    public const string PolicyName = "complexity";

    public string Name => PolicyName;

    public RoutingChoice Choose(double complexity, double threshold) =>
        complexity >= threshold
            ? new(true, FormattableString.Invariant($"complexity {complexity:0.00} is at or above the threshold {threshold:0.00}"))
            : new(false, FormattableString.Invariant($"complexity {complexity:0.00} is below the threshold {threshold:0.00}"));
}

/// <summary>One and the same model for everything.</summary>
internal sealed class FixedPolicy(string name, bool large) : IRoutingPolicy
{
    public const string SmallName = "always-small";
    public const string LargeName = "always-large";

    public string Name => name;

    public RoutingChoice Choose(double complexity, double threshold) => new(large, "the policy " + name + " sends everything there");
}
