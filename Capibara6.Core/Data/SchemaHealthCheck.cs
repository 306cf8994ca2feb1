using System.Data.Common;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Capibara6.Core.Data;

/// <summary>
/// Ready only once the schema has been seen to fit: until the worker has migrated the database, queries would fail, and a replica that has
/// never found its database is no replacement for one that has.
/// </summary>
internal sealed class SchemaHealthCheck(ISchemaVersion schema) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var state = await schema.CheckAsync(cancellationToken);
            return state.Fits
                ? HealthCheckResult.Healthy("The schema fits this build.")
                : HealthCheckResult.Unhealthy($"{state.Missing.Count} migrations are missing, the first is {state.Missing[0]}; the worker applies them.");
        }
        catch (Exception exception) when (exception is DbException or TimeoutException or InvalidOperationException)
        {
            return HealthCheckResult.Unhealthy("The schema can't be read.", exception);
        }
    }
}
