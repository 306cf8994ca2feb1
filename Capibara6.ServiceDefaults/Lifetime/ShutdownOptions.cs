using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Capibara6.ServiceDefaults.Lifetime;

/// <summary>How a service stops; section <c>Shutdown</c>.</summary>
public sealed class ShutdownOptions
{
    public const string SectionName = "Shutdown";

    /// <summary>
    /// How long the service goes on accepting requests after it was asked to stop, while <c>/health</c> already says no, so that
    /// balancers send nothing more, and each answer asks its client to close the connection. 0 s to 60 s; 1 s in Development, 5 s elsewhere.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan DrainDelay { get; set; }

    /// <summary>
    /// Whether the delay ends as soon as no connection is open. True in Development, where nobody waits for a service without clients;
    /// false elsewhere: a balancer that has no connection open just now may still send.
    /// </summary>
    public bool DrainEndsWhenIdle { get; set; }

    /// <summary>Bound on the whole stop, drain included; what still runs then is cut off. 1 s to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}

[OptionsValidator]
internal sealed partial class ShutdownOptionsValidator : IValidateOptions<ShutdownOptions>;
