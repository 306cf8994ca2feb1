using Capibara6.Core.ModelClients;

namespace Capibara6.Core.Routing;

/// <summary>The tiers from the weakest to the strongest, and from which probability each is asked.</summary>
internal sealed class RoutingTiers
{
    private readonly string[] _names;
    private readonly double[] _thresholds;

    public RoutingTiers(IRoutingPolicy policy, RoutingOptions options)
    {
        var further = options.Tiers.Where(tier => !IsOfTheTwo(tier.Key)).OrderByDescending(tier => tier.Value);
        (string Name, double Threshold)[] tiers =
        [
            (ModelsOptions.SmallTier, 0),
            (ModelsOptions.LargeTier, policy is FixedPolicy ? policy.ThresholdFor(options.StrongShare) : options.Threshold ?? policy.ThresholdFor(options.StrongShare)),
            .. further.Select(tier => (tier.Key, policy.ThresholdFor(tier.Value))),
        ];
        Array.Sort(tiers, 1, tiers.Length - 1, Comparer<(string Name, double Threshold)>.Create((a, b) => a.Threshold.CompareTo(b.Threshold)));
        _names = [.. tiers.Select(tier => tier.Name)];
        _thresholds = [.. tiers.Select(tier => tier.Threshold)];
    }

    /// <summary>From where on the second tier is asked.</summary>
    public double Threshold => _thresholds[1];

    /// <summary>The model of the tier that a probability reaches; of the next weaker one where that tier has none, else of the next stronger.</summary>
    public ModelDescription Choose(double needed, IReadOnlyList<ModelDescription> models)
    {
        var reached = _thresholds.Length - 1;
        while (reached > 0 && needed < _thresholds[reached])
        {
            reached--;
        }

        for (var tier = reached; tier >= 0; tier--)
        {
            if (Find(_names[tier], models) is { } model)
            {
                return model;
            }
        }

        for (var tier = reached + 1; tier < _names.Length; tier++)
        {
            if (Find(_names[tier], models) is { } model)
            {
                return model;
            }
        }

        return models[0];
    }

    private static bool IsOfTheTwo(string name) =>
        name.Equals(ModelsOptions.SmallTier, StringComparison.OrdinalIgnoreCase) || name.Equals(ModelsOptions.LargeTier, StringComparison.OrdinalIgnoreCase);

    // The smallest of the tier: models are sorted by size.
    private static ModelDescription? Find(string tier, IReadOnlyList<ModelDescription> models)
    {
        for (var i = 0; i < models.Count; i++)
        {
            if (string.Equals(models[i].Tier, tier, StringComparison.OrdinalIgnoreCase))
            {
                return models[i];
            }
        }

        return null;
    }
}
