using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace Capibara6.ServiceDefaults.Clients.Redis;

/// <summary>A PING. Without a connection the driver would queue it until its timeout, so that case answers at once.</summary>
internal sealed class RedisHealthCheck(IConnectionMultiplexer multiplexer) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!multiplexer.IsConnected)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "Not connected.");
        }

        await multiplexer.GetDatabase().PingAsync().WaitAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
