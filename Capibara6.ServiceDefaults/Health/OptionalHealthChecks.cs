using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Capibara6.ServiceDefaults.Health;

/// <summary>
/// Redis holds nothing that can't be lost: without it the system slows down and still answers. So its check, which Aspire's integration adds,
/// degrades a service instead of making it unready, and does so at once: without a connection the driver would queue the PING.
/// </summary>
internal sealed class OptionalHealthChecks : IPostConfigureOptions<HealthCheckServiceOptions>
{
    private const string Redis = "StackExchange.Redis";
    private static readonly TimeSpan s_timeout = TimeSpan.FromMilliseconds(500);

    public void PostConfigure(string? name, HealthCheckServiceOptions options)
    {
        foreach (var registration in options.Registrations)
        {
            if (registration.Name == Redis || registration.Name.StartsWith(Redis + "_", StringComparison.Ordinal))
            {
                registration.FailureStatus = HealthStatus.Degraded;
                registration.Timeout = s_timeout;
            }
        }
    }
}
