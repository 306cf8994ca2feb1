using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Capibara6.Api.Errors;
using Capibara6.Core.Identity;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Capibara6.Api.Health;

internal static class HealthEndpoints
{
    private static readonly string s_version = typeof(HealthEndpoints).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public static IServiceCollection AddDetailedHealth(this IServiceCollection services) => services.AddSingleton<DependencyVersions>();

    public static void MapDetailedHealth(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/health/detailed", CheckAsync)
            .WithName("getDetailedHealth")
            .WithTags("Health")
            .WithFailures(401, 403, 429, 500)
            .RequirePermission(Permissions.Admin);

    /// <summary>Check every dependency</summary>
    /// <remarks>Runs all checks now. The status is 200 whatever they find; <c>/health</c> is for probes and load balancers.</remarks>
    /// <response code="200">What each check found.</response>
    internal static async Task<Ok<DetailedHealthResponse>> CheckAsync(
        HealthCheckService health, DependencyVersions versions, CancellationToken cancellationToken)
    {
        var report = await health.CheckHealthAsync(cancellationToken);
        var found = await versions.ReadAsync(cancellationToken);
        return TypedResults.Ok(new DetailedHealthResponse
        {
            Status = report.Status,
            Version = s_version,
            Runtime = RuntimeInformation.FrameworkDescription,
            Versions = found,
            StartedAt = Process.GetCurrentProcess().StartTime.ToUniversalTime(),
            DurationMs = Math.Round(report.TotalDuration.TotalMilliseconds, 3),
            Parts = report.Entries.ToDictionary(entry => entry.Key, entry => ToBody(entry.Value), StringComparer.Ordinal),
        });
    }

    // The exception stays here: its text may hold addresses and user names.
    private static HealthPartView ToBody(HealthReportEntry entry) => new()
    {
        Status = entry.Status,
        DurationMs = Math.Round(entry.Duration.TotalMilliseconds, 3),
        Description = entry.Exception is null ? entry.Description : "The check failed; the log says why.",
        Data = entry.Data.ToDictionary(
            fact => fact.Key, fact => Convert.ToString(fact.Value, CultureInfo.InvariantCulture) ?? "", StringComparer.Ordinal),
    };
}
