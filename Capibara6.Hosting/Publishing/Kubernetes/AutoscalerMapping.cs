using Capibara6.Hosting.Publishing.Workloads;
using k8s.Models;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>How many replicas run, and how many a disruption may take.</summary>
internal sealed class AutoscalerMapping(ObjectMetadata metadata)
{
    public V2HorizontalPodAutoscaler? Map(Workload workload) => workload switch
    {
        { Autoscaling: { } scaling } => Autoscaler(workload, scaling.Minimum, scaling.Maximum, scaling.Cpu, scaling.Memory),
        { QueueAutoscaling: { } scaling } => Autoscaler(workload, scaling.Minimum, scaling.Maximum, scaling.Cpu, scaling.Memory),
        _ => null,
    };

    public V1PodDisruptionBudget? DisruptionBudget(Workload workload) =>
        workload.Kind != WorkloadKind.Service || workload.MinimumReplicas < 2 ? null : new V1PodDisruptionBudget
        {
            Metadata = metadata.For(workload.Name),
            Spec = new V1PodDisruptionBudgetSpec
            {
                MaxUnavailable = 1,
                UnhealthyPodEvictionPolicy = "AlwaysAllow",
                Selector = new V1LabelSelector { MatchLabels = ObjectMetadata.Selector(workload.Name) },
            },
        };

    /// <summary>Doubles or adds four every 15 seconds without waiting; takes away slowly, after five quiet minutes.</summary>
    public static V2HorizontalPodAutoscalerBehavior Behavior() => new()
    {
        ScaleUp = new V2HPAScalingRules
        {
            StabilizationWindowSeconds = 0,
            SelectPolicy = "Max",
            Policies =
            [
                new V2HPAScalingPolicy { Type = "Percent", Value = 100, PeriodSeconds = 15 },
                new V2HPAScalingPolicy { Type = "Pods", Value = 4, PeriodSeconds = 15 },
            ],
        },
        ScaleDown = new V2HPAScalingRules
        {
            StabilizationWindowSeconds = 300,
            SelectPolicy = "Min",
            Policies = [new V2HPAScalingPolicy { Type = "Pods", Value = 1, PeriodSeconds = 60 }],
        },
    };

    private V2HorizontalPodAutoscaler Autoscaler(Workload workload, int minimum, int maximum, int? cpu, int? memory) => new()
    {
        Metadata = metadata.For(workload.Name),
        Spec = new V2HorizontalPodAutoscalerSpec
        {
            ScaleTargetRef = new V2CrossVersionObjectReference { ApiVersion = "apps/v1", Kind = "Deployment", Name = workload.Name },
            MinReplicas = minimum,
            MaxReplicas = maximum,
            Metrics = [.. Metrics(cpu, memory)],
            Behavior = Behavior(),
        },
    };

    private static IEnumerable<V2MetricSpec> Metrics(int? cpu, int? memory)
    {
        foreach (var (name, percent) in new[] { ("cpu", cpu), ("memory", memory) })
        {
            if (percent is not null)
            {
                yield return new V2MetricSpec
                {
                    Type = "Resource",
                    Resource = new V2ResourceMetricSource
                    {
                        Name = name,
                        Target = new V2MetricTarget { Type = "Utilization", AverageUtilization = percent },
                    },
                };
            }
        }
    }
}
