using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Usage;

/// <summary>Settings of budgets: section <c>Budgets</c>.</summary>
public sealed class BudgetOptions
{
    public const string SectionName = "Budgets";

    /// <summary>What an account may use that has no budget of its own. None by default.</summary>
    public BudgetLimits Default { get; set; } = new();

    /// <summary>Bound on an answer, in tokens, where a budget counts and the request sets none.</summary>
    [Range(1, 32_768)]
    public int MaxAnswerTokens { get; set; } = 4_096;

    /// <summary>How long a reservation outlives the process that made it.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "00:10:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);
}

[OptionsValidator]
internal sealed partial class BudgetOptionsValidator : IValidateOptions<BudgetOptions>;
