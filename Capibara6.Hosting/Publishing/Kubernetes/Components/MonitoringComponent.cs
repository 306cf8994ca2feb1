using Capibara6.Hosting.Publishing.Monitoring;
using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Kubernetes.Components;

/// <summary>
/// Prometheus, Alertmanager, Grafana and Jaeger with the ways that they need, and the same scrapes and alerts for a Prometheus operator that
/// the cluster may have.
/// </summary>
internal sealed class MonitoringComponent(ObjectMetadata metadata, BaseMapping mapping) : IManifestComponent
{
    private const string OperatorNamespace = "monitoring";

    private static readonly Dictionary<string, string> s_operatorPods = new() { ["app.kubernetes.io/name"] = "prometheus" };

    public string Name => "monitoring";
    public string Needs => "the Prometheus operator's resource types; a Prometheus of the cluster may scrape from the namespace `monitoring`";

    public void Write(ManifestTree tree, WorkloadModel model)
    {
        var own = model.Workloads.Where(static workload => workload is { IsMonitoring: true, IsTelemetryDashboard: false }).ToList();
        foreach (var workload in own)
        {
            mapping.WriteWorkload(tree, $"components/{Name}/{workload.Name}", workload, model.CallersOf(workload)
                .Concat(model.Traces?.To == workload.Name ? model.Scraped.Select(caller => caller with { Connections = [model.Traces] }) : []));
        }

        tree.Add($"components/{Name}/scraped.yaml", Ways(model));
        tree.Add($"components/{Name}/operator.yaml", ForOperator(model));
        tree.AddComponent(Name, ["operator.yaml", "scraped.yaml", .. own.Select(static workload => workload.Name)], model.Traces is { } traces ? [.. model.Scraped.Select(workload => SendTraces(workload, traces))] : null);
    }

    /// <summary>Every replica's address, and the ways from the scraper and to the collector of traces.</summary>
    private IEnumerable<object> Ways(WorkloadModel model)
    {
        var services = new ServiceMapping(metadata);
        var policies = new NetworkPolicyMapping(metadata);
        foreach (var workload in model.Scraped)
        {
            var port = workload.MetricsPort!;
            yield return services.PerReplica(workload, port);
            yield return policies.Between(
                $"{workload.Name}-monitoring",
                workload,
                model.CallersOf(workload).Where(static caller => caller.IsMonitoring).Select(caller => new Connection(caller.Name, port.Number)),
                model.Traces is { } traces ? [traces] : []);
            yield return policies.FromNamespace(workload, port.Number, OperatorNamespace, s_operatorPods);
        }
    }

    private IEnumerable<object> ForOperator(WorkloadModel model) =>
    [
        .. model.Scraped.Select(workload => new CustomResource("monitoring.coreos.com/v1", "ServiceMonitor", metadata.For(workload.Name), new
        {
            selector = new { matchLabels = ObjectMetadata.Selector(workload.Name) },
            endpoints = new[] { new { port = workload.MetricsPort!.Name, path = "/metrics", interval = "15s" } },
        })),
        new CustomResource("monitoring.coreos.com/v1", "PrometheusRule", metadata.For(metadata.Application), new
        {
            groups = AlertRules.Groups(model.Workloads.SelectMany(static workload => workload.Files)).ToArray(),
        }),
    ];

    private static KustomizePatch SendTraces(Workload workload, Connection traces) => KustomizePatch.Environment(
        workload.Name,
        $"{{name: OTEL_EXPORTER_OTLP_ENDPOINT, value: 'http://{traces.To}:{traces.Port}'}}",
        "{name: OTEL_LOGS_EXPORTER, value: none}",
        "{name: OTEL_METRICS_EXPORTER, value: none}");
}
