using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Routing;

/// <summary>How the model is chosen; section <c>Routing</c>.</summary>
public sealed class RoutingOptions
{
    public const string SectionName = "Routing";

    /// <summary>Name of the policy: <c>complexity</c>, <c>always-small</c> or <c>always-large</c>.</summary>
    [Required]
    public string Policy { get; set; } = ComplexityPolicy.PolicyName;

    /// <summary>Complexity from which the larger model is asked, in [0, 1].</summary>
    [Range(0.0, 1.0)]
    public double Threshold { get; set; } = 0.5;
}

[OptionsValidator]
internal sealed partial class RoutingOptionsValidator : IValidateOptions<RoutingOptions>;

/// <summary>A name that no policy has must not start the service.</summary>
/// <remarks>Policies read these options themselves, so they are asked for when there is something to check, not before.</remarks>
internal sealed class RoutingPolicyNameValidator(IServiceProvider services) : IValidateOptions<RoutingOptions>
{
    public ValidateOptionsResult Validate(string? name, RoutingOptions options)
    {
        string[] names = [.. services.GetServices<IRoutingPolicy>().Select(policy => policy.Name)];
        return names.Contains(options.Policy, StringComparer.OrdinalIgnoreCase)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Routing:Policy is '{options.Policy}'; there are {string.Join(", ", names)}.");
    }
}
