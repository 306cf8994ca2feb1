using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Kubernetes.Components;

/// <summary>
/// Replicas by queue length. Takes the plain autoscaler away: two scalers of one Deployment would fight. KEDA asks the workload
/// itself how long its queue is, so that the operator needs neither the database nor its password.
/// </summary>
internal sealed class KedaComponent(ObjectMetadata metadata) : IManifestComponent
{
    private const string OperatorNamespace = "keda";

    public string Name => "keda";
    public string Needs => "KEDA 2.14 or later in the namespace `keda`; metrics-server for the other autoscalers";

    public void Write(ManifestTree tree, WorkloadModel model)
    {
        var scaled = model.Workloads.Where(static workload => workload is { QueueAutoscaling: not null, HttpPort: not null }).ToList();
        var policies = new NetworkPolicyMapping(metadata);
        foreach (var workload in scaled)
        {
            tree.Add(
                $"components/{Name}/{workload.Name}.yaml",
                ScaledObject(workload),
                policies.FromNamespace(workload, workload.MetricsPort!.Number, OperatorNamespace, new() { ["app"] = "keda-operator" }));
        }

        tree.AddComponent(Name, [.. scaled.Select(static workload => $"{workload.Name}.yaml")], [.. scaled.Select(static workload => KustomizePatch.Delete("autoscaling/v2", "HorizontalPodAutoscaler", workload.Name))]);
    }

    private CustomResource ScaledObject(Workload workload)
    {
        var scaling = workload.QueueAutoscaling!;
        return new CustomResource("keda.sh/v1alpha1", "ScaledObject", metadata.For(workload.Name), new
        {
            scaleTargetRef = new { apiVersion = "apps/v1", kind = "Deployment", name = workload.Name },
            minReplicaCount = scaling.Minimum,
            maxReplicaCount = scaling.Maximum,
            pollingInterval = 10,
            cooldownPeriod = 300,
            fallback = new { failureThreshold = 3, replicas = scaling.Maximum },
            advanced = new { horizontalPodAutoscalerConfig = new { behavior = AutoscalerMapping.Behavior() } },
            triggers = new[]
            {
                new
                {
                    type = "metrics-api",
                    metricType = "AverageValue",
                    metadata = new
                    {
                        url = $"http://{workload.Name}.{metadata.Namespace}.svc:{workload.MetricsPort!.Number}/metrics",
                        format = "prometheus",
                        valueLocation = scaling.Metric,
                        targetValue = scaling.ItemsPerReplica.ToString(CultureInfo.InvariantCulture),
                    },
                },
            },
        });
    }
}
