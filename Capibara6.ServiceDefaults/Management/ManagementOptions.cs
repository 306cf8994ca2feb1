using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Capibara6.ServiceDefaults.Management;

/// <summary>Where a service tells of itself; section <c>Management</c>.</summary>
public sealed class ManagementOptions
{
    public const string SectionName = "Management";

    /// <summary>
    /// The port of <c>/metrics</c> and <c>/health/detailed</c>, which then answer on no other one; <c>/health</c> and <c>/alive</c> answer on
    /// both, and nothing else on this one. Plain HTTP, for the cluster alone: no Service or ingress that is public may have it.
    /// 1 to 65,535; null, the default, leaves all on the service's own port.
    /// </summary>
    [Range(1, 65_535)]
    public int? Port { get; set; }
}

[OptionsValidator]
internal sealed partial class ManagementOptionsValidator : IValidateOptions<ManagementOptions>;
