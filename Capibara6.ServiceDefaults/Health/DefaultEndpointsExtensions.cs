using Capibara6.ServiceDefaults.Health;
using Capibara6.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.Hosting;

/// <summary>The endpoints that every service answers, in every environment.</summary>
public static class DefaultEndpointsExtensions
{
    /// <summary>Liveness: whether the process answers at all.</summary>
    public const string AlivePath = "/alive";

    /// <summary>Readiness: whether it can do its work, dependency by dependency.</summary>
    public const string HealthPath = "/health";

    /// <summary>Every check in detail, where a service has it; for administrators.</summary>
    public const string DetailedHealthPath = "/health/detailed";

    /// <summary>Prometheus' text format; only for callers of <see cref="MetricsEndpointOptions.AllowedNetworks"/>.</summary>
    public const string MetricsPath = "/metrics";

    private static readonly string[] s_reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>
    /// Maps <c>/alive</c>, <c>/health</c> and <c>/metrics</c>. They need no identity, take no part in rate limits and leave no
    /// traces. <c>/health</c> answers 200 for Healthy and Degraded (an optional dependency is away), 503 for Unhealthy.
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        Public(app.MapMethods(AlivePath, s_reading, AliveAsync));
        Public(app.MapMethods(HealthPath, s_reading, HealthAsync));
        Public(app.MapMetricsEndpoint(MetricsPath));
        return app;
    }

    // A RequestDelegate on purpose: nothing is bound, so nothing is reflected over at start.
    private static async Task AliveAsync(HttpContext context)
    {
        var checks = context.RequestServices.GetRequiredService<HealthCheckService>();
        var report = await checks.CheckHealthAsync(check => check.Tags.Contains(HealthTags.Live), context.RequestAborted);
        await HealthReportWriter.WriteAsync(context, report);
    }

    private static async Task HealthAsync(HttpContext context)
    {
        var reporter = context.RequestServices.GetRequiredService<ReadinessReporter>();
        await HealthReportWriter.WriteAsync(context, await reporter.GetAsync(context.RequestAborted));
    }

    private static void Public(IEndpointConventionBuilder endpoint) =>
        endpoint.AllowAnonymous().DisableHttpMetrics().ShortCircuit().WithMetadata(new ExcludedFromDescription());

    private sealed class ExcludedFromDescription : IExcludeFromDescriptionMetadata
    {
        public bool ExcludeFromDescription => true;
    }
}
