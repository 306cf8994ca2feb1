using k8s.Models;

namespace Capibara6.Tests.Hosting.Publishing.Rules;

/// <summary>Replicas follow the load within a minute, and one hand does it.</summary>
internal static class ScalingRules
{
    public static IEnumerable<ManifestRule> All =>
    [
        new("each service has one autoscaler", static set => set.Of<V1Deployment>()
            .Where(static item => item.Metadata.Name.StartsWith("capibara6-", StringComparison.Ordinal))
            .Where(item => set.ScalersOf(item.Metadata.Name).Count() != 1).Select(static item => item.Metadata.Name)),
        new("an autoscaler owns the number of replicas", static set => set.Of<V1Deployment>()
            .Where(item => set.ScalersOf(item.Metadata.Name).Any() && item.Spec.Replicas is not null).Select(static item => item.Metadata.Name)),
        new("autoscalers have room", static set => set.Of<V1Deployment>().SelectMany(item => set.ScalersOf(item.Metadata.Name))
            .Where(static scaler => scaler.Minimum < 2 || scaler.Minimum >= scaler.Maximum).Select(static scaler => $"{scaler}")),
        new("up at once, down slowly", static set => set.Of<V2HorizontalPodAutoscaler>()
            .Where(static item => item.Spec.Behavior.ScaleUp is not { StabilizationWindowSeconds: <= 15, SelectPolicy: "Max" } up
                || !up.Policies.Any(static policy => policy is { PeriodSeconds: <= 15, Type: "Percent", Value: >= 100 })
                || item.Spec.Behavior.ScaleDown.StabilizationWindowSeconds < 300).Select(static item => item.Metadata.Name)),
        new("what is measured is requested", static set => set.Of<V2HorizontalPodAutoscaler>()
            .SelectMany(item => item.Spec.Metrics.Where(metric => set.Containers.Any(container =>
                container.Pods.Name == item.Spec.ScaleTargetRef.Name && !container.Container.Resources.Requests.ContainsKey(metric.Resource.Name))))
            .Select(static metric => metric.Resource.Name)),
        new("targets as promised", static set => set.Of<V2HorizontalPodAutoscaler>()
            .Where(static item => item.Metadata.Name != "capibara6-worker")
            .Where(static item => !item.Spec.Metrics.Any(static metric => metric.Resource is { Name: "cpu", Target.AverageUtilization: 70 })
                || !item.Spec.Metrics.Any(static metric => metric.Resource is { Name: "memory", Target.AverageUtilization: 80 }))
            .Select(static item => item.Metadata.Name)),
        new("workers follow the queue, or CPU and memory without KEDA", static set => set.Custom.Any(static item => item.Kind == "ScaledObject")
            ? set.Custom.Where(static item => item.Kind == "ScaledObject" && (item.Text("triggers", "0", "type") != "metrics-api"
                || item.Number("pollingInterval") > 15 || item.Number("minReplicaCount") != 3 || item.Number("maxReplicaCount") != 8)).Select(static item => item.Name)
            : set.Of<V2HorizontalPodAutoscaler>().Where(static item => item.Metadata.Name == "capibara6-worker"
                && (!item.Spec.Metrics.Any(static metric => metric.Resource is { Name: "cpu", Target.AverageUtilization: 80 })
                    || !item.Spec.Metrics.Any(static metric => metric.Resource is { Name: "memory", Target.AverageUtilization: 85 })))
                .Select(static item => item.Metadata.Name)),
    ];
}
