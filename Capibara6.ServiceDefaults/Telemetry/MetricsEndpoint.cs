using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.ServiceDefaults.Telemetry;

internal static class MetricsEndpoint
{
    /// <summary>Maps Prometheus' scrape behind <see cref="MetricsAccess"/>; who isn't allowed can't tell that it exists.</summary>
    public static IEndpointConventionBuilder MapMetricsEndpoint(this IEndpointRouteBuilder endpoints, string path)
    {
        var access = endpoints.ServiceProvider.GetRequiredService<MetricsAccess>();
        var scrape = endpoints.MapPrometheusScrapingEndpoint(path);
        scrape.Add(endpoint =>
        {
            var inner = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context =>
            {
                if (access.Allows(context))
                {
                    return inner(context);
                }

                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            };
        });
        return scrape;
    }
}
