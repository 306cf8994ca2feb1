using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Capibara6.Core.Data;

/// <summary>
/// Whether the main database can be used, as the probe last saw it. Away, it degrades a service and doesn't make it unready: an outage
/// hits all replicas alike, none would be better, and a replica that is asked says what is wrong, which an empty service can't.
/// </summary>
internal sealed class DatabaseHealthCheck(DatabaseAvailability availability) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(availability.AwayBecause is { } reason
            ? HealthCheckResult.Degraded($"The database can't be used ({reason}); calls that need it get 503.")
            : HealthCheckResult.Healthy());
}
