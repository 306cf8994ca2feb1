namespace Capibara6.Core.Usage;

/// <summary>What an account or a key may use. Null is no limit; days and months are UTC.</summary>
public sealed record BudgetLimits
{
    public long? TokensPerDay { get; init; }

    public long? TokensPerMonth { get; init; }

    /// <summary>US dollars.</summary>
    public decimal? CostPerDay { get; init; }

    /// <summary>US dollars.</summary>
    public decimal? CostPerMonth { get; init; }
}
