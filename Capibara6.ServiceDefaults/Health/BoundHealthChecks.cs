using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Capibara6.ServiceDefaults.Health;

/// <summary>Puts a <see cref="BoundedHealthCheck"/> around every registered check, whoever registered it.</summary>
internal sealed class BoundHealthChecks(IServiceScopeFactory scopes, IOptions<HealthOptions> bounds, TimeProvider time)
    : IPostConfigureOptions<HealthCheckServiceOptions>
{
    public void PostConfigure(string? name, HealthCheckServiceOptions options)
    {
        foreach (var registration in options.Registrations)
        {
            var own = registration.Timeout;
            var timeout = own > TimeSpan.Zero && own < bounds.Value.CheckTimeout ? own : bounds.Value.CheckTimeout;
            var bounded = new BoundedHealthCheck(registration, registration.Factory, scopes, timeout, time);
            registration.Factory = _ => bounded;
            registration.Timeout = Timeout.InfiniteTimeSpan;
        }
    }
}
