using Capibara6.Core.Identity;

namespace Capibara6.Core.Usage;

internal static class BudgetChecks
{
    private const long MaxTokens = 1_000_000_000_000;
    private const decimal MaxCost = 1_000_000_000m;

    /// <summary>What is wrong with limits that a client sent; null when nothing is.</summary>
    public static Failure? Check(BudgetLimits? limits)
    {
        if (limits is null)
        {
            return null;
        }

        if (limits.TokensPerDay is < 0 or > MaxTokens || limits.TokensPerMonth is < 0 or > MaxTokens)
        {
            return IdentityFailures.Invalid("budget", $"A budget of tokens must be 0 to {MaxTokens}, or absent for none.");
        }

        return limits.CostPerDay is < 0 or > MaxCost || limits.CostPerMonth is < 0 or > MaxCost
            ? IdentityFailures.Invalid("budget", $"A budget of dollars must be 0 to {MaxCost}, or absent for none.")
            : null;
    }
}
