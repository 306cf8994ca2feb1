using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Routing;

/// <summary>How the model is chosen; section <c>Routing</c>.</summary>
public sealed class RoutingOptions
{
    public const string SectionName = "Routing";

    /// <summary>Name of the policy: <c>learned</c>, <c>rules</c>, <c>always-small</c> or <c>always-large</c>.</summary>
    [Required]
    public string Policy { get; set; } = LearnedPolicy.PolicyName;

    /// <summary>Name of a policy whose choice is only recorded, in spans and in <c>capibara6.routing.shadow</c>; null for none.</summary>
    public string? Shadow { get; set; }

    /// <summary>Share of the questions that goes beyond the first tier, in [0, 1], as measured on the questions that the router was trained on.</summary>
    [Range(0.0, 1.0)]
    public double StrongShare { get; set; } = 0.3;

    /// <summary>Probability of being needed from which the second tier is asked, in [0, 1], in place of what <see cref="StrongShare"/> makes it.</summary>
    [Range(0.0, 1.0)]
    public double? Threshold { get; set; }

    /// <summary>
    /// Further tiers by name, such as <c>Routing:Tiers:400B</c> = 0.05: the share of the questions, in (0, 1), that goes to this tier or a
    /// stronger one. Those of smaller shares are the stronger. A model says its tier in <c>Models:Catalog:{id}:Tier</c>.
    /// </summary>
    public IDictionary<string, double> Tiers { get; } = new Dictionary<string, double>(StringComparer.OrdinalIgnoreCase);
}

[OptionsValidator]
internal sealed partial class RoutingOptionsValidator : IValidateOptions<RoutingOptions>;

/// <summary>A name that no policy has, or a tier without a sensible share, must not start the service.</summary>
/// <remarks>Policies read these options themselves, so they are asked for when there is something to check, not before.</remarks>
internal sealed class RoutingNamesValidator(IServiceProvider services) : IValidateOptions<RoutingOptions>
{
    public ValidateOptionsResult Validate(string? name, RoutingOptions options)
    {
        string[] names = [.. services.GetServices<IRoutingPolicy>().Select(policy => policy.Name)];
        var errors = new List<string>();
        Check(nameof(options.Policy), options.Policy);
        Check(nameof(options.Shadow), options.Shadow);
        foreach (var (tier, share) in options.Tiers)
        {
            if (share is not (> 0 and < 1))
            {
                errors.Add($"Routing:Tiers:{tier} is {share}; it must be a share between 0 and 1.");
            }
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Check(string setting, string? policy)
        {
            if (!string.IsNullOrEmpty(policy) && !names.Contains(policy, StringComparer.OrdinalIgnoreCase))
            {
                errors.Add($"Routing:{setting} is '{policy}'; there are {string.Join(", ", names)}.");
            }
        }
    }
}
