using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Capibara6.Core.ModelClients;

/// <summary>
/// How the models' deployments did the last time that they were asked. It asks none itself: a check must cost nothing, and an
/// outage of one is no reason to take this replica out of service.
/// </summary>
internal sealed class ModelHealthCheck(ModelFleet fleet) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        var troubled = false;
        foreach (var deployment in fleet.All.SelectMany(set => set.All))
        {
            troubled |= deployment.Trouble is not null;
            data[deployment.Name] = deployment.Trouble is { } trouble
                ? $"{trouble.Fault}: {trouble.Message} ({trouble.At:u}). {ModelAdvice.For(deployment, trouble.Fault)}".TrimEnd()
                : $"well: {deployment.Upstream.Name} at {deployment.Endpoint}";
        }

        return Task.FromResult(troubled
            ? HealthCheckResult.Degraded("A model did not answer the last time that it was asked.", data: data)
            : HealthCheckResult.Healthy("All models answered the last time that they were asked.", data));
    }
}
