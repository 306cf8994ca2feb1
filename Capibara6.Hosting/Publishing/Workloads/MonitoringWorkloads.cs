using Capibara6.Hosting.Deployment;
using Capibara6.Hosting.Publishing.Monitoring;

namespace Capibara6.Hosting.Publishing.Workloads;

/// <summary>Monitoring looks at the whole model, so its files and ways are known only when that is read.</summary>
internal static class MonitoringWorkloads
{
    public static WorkloadModel Complete(WorkloadModel read, DistributedApplicationModel model, string runbookUrl)
    {
        var roles = model.Resources
            .Where(static resource => resource.HasAnnotationOfType<MonitoringAnnotation>())
            .ToDictionary(static resource => resource.Name, static resource => resource.Annotations.OfType<MonitoringAnnotation>().Last().Role);
        var alerts = read.Workloads.FirstOrDefault(workload => roles.TryGetValue(workload.Name, out var role) && role == MonitoringRole.Alerts);
        return read with
        {
            Workloads = [.. read.Workloads.Select(workload => !roles.TryGetValue(workload.Name, out var role) ? workload : role switch
            {
                MonitoringRole.Metrics => workload with
                {
                    Files = [PrometheusFiles.Configuration(read, alerts), .. workload.Files.Select(file => AlertRules.WithRunbooks(file, runbookUrl))],
                    Connections = [.. workload.Connections, .. read.Scraped.Select(static scraped => new Connection(scraped.Name, scraped.MetricsPort!.Number))],
                },
                MonitoringRole.Telemetry => workload with { IsTelemetryDashboard = true },
                MonitoringRole.Dashboards => workload with { Files = [.. GrafanaFiles.For(read.Application), .. workload.Files] },
                _ => workload,
            })],
        };
    }
}
