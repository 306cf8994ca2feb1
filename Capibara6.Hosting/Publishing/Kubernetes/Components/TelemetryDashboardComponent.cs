using Capibara6.Hosting.Deployment;
using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Kubernetes.Components;

/// <summary>Aspire's dashboard, and services that send it their traces, metrics and logs with its key. Nobody else reaches it.</summary>
internal sealed class TelemetryDashboardComponent(ObjectMetadata metadata, BaseMapping mapping, Workload dashboard, Connection telemetry) : IManifestComponent
{
    public string Name => "aspire-dashboard";
    public string Needs => "nothing; list it after `monitoring`, from which it takes the services' traces";

    public void Write(ManifestTree tree, WorkloadModel model)
    {
        var senders = model.Scraped.ToList();
        mapping.WriteWorkload(
            tree, $"components/{Name}/{dashboard.Name}", dashboard, senders.Select(sender => sender with { Connections = [telemetry] }));
        var policies = new NetworkPolicyMapping(metadata);
        tree.Add($"components/{Name}/senders.yaml", [.. senders.Select(sender => policies.Between($"{sender.Name}-telemetry", sender, [], [telemetry]))]);
        tree.AddComponent(Name, [dashboard.Name, "senders.yaml"], [.. senders.Select(Send)]);
    }

    private KustomizePatch Send(Workload sender) => KustomizePatch.Environment(
        sender.Name,
        $"{{name: OTEL_EXPORTER_OTLP_ENDPOINT, value: 'http://{telemetry.To}:{telemetry.Port}'}}",
        $"{{name: {TelemetryDashboardExtensions.TelemetryHeaders}, valueFrom: {{secretKeyRef: {{name: {ObjectNames.Secrets(dashboard)}, key: {TelemetryDashboardExtensions.TelemetryHeaders}}}}}}}",
        "{name: OTEL_LOGS_EXPORTER, value: otlp}",
        "{name: OTEL_METRICS_EXPORTER, value: otlp}");
}
