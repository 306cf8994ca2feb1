using k8s.Models;

namespace Capibara6.Tests.Hosting.Publishing.Rules;

/// <summary>No request is lost when a replica comes or goes.</summary>
internal static class AvailabilityRules
{
    private static readonly string[] s_spread = ["kubernetes.io/hostname", "topology.kubernetes.io/zone"];

    public static IEnumerable<ManifestRule> All =>
    [
        new("probes on everything that keeps running", static set => Running(set)
            .Where(static item => item.Container.ReadinessProbe is null || item.Container.LivenessProbe is null).Select(static item => item.Pods.ToString())),
        new("services have time to start", static set => Services(set).Where(static item => item.Container.StartupProbe is null).Select(static item => item.Pods.ToString())),
        new("servers have time to make their data", static set => Running(set).Where(static item => item.Pods.Owner is V1StatefulSet
            && !(item.Container.StartupProbe is { } startup && startup.PeriodSeconds * startup.FailureThreshold >= 300)).Select(static item => item.Pods.ToString())),
        new("liveness asks something else than readiness", static set => Running(set)
            .Where(static item => Question(item.Container.LivenessProbe) == Question(item.Container.ReadinessProbe)).Select(static item => item.Pods.ToString())),
        new("probe times make sense", static set => Running(set)
            .Where(static item => item.Container.LivenessProbe.TimeoutSeconds > item.Container.LivenessProbe.PeriodSeconds
                || item.Container.ReadinessProbe.TimeoutSeconds > item.Container.ReadinessProbe.PeriodSeconds
                || item.Container.LivenessProbe.PeriodSeconds * item.Container.LivenessProbe.FailureThreshold < 30)
            .Select(static item => item.Pods.ToString())),
        new("probes ask a port that the container has", static set => Running(set)
            .Where(static item => new[] { item.Container.StartupProbe, item.Container.ReadinessProbe, item.Container.LivenessProbe }.OfType<V1Probe>()
                .Select(static probe => probe.HttpGet?.Port?.Value ?? probe.TcpSocket?.Port?.Value).OfType<string>()
                .Any(port => item.Container.Ports.All(own => own.Name != port)))
            .Select(static item => item.Pods.ToString())),
        new("roll without a gap", static set => set.Of<V1Deployment>()
            .Where(static item => item.Spec.Strategy is not { Type: "RollingUpdate", RollingUpdate: { MaxUnavailable.Value: "0", MaxSurge.Value: not "0" } })
            .Select(static item => item.Metadata.Name)),
        new("rolls are bounded", static set => set.Of<V1Deployment>()
            .Where(static item => item.Spec.ProgressDeadlineSeconds is null || item.Spec.RevisionHistoryLimit is null).Select(static item => item.Metadata.Name)),
        new("drain before the end", static set => Services(set)
            .Where(static item => item.Container.Lifecycle?.PreStop?.Sleep is not { Seconds: > 0 } sleep
                || item.Pods.Spec.TerminationGracePeriodSeconds < sleep.Seconds + 30).Select(static item => item.Pods.ToString())),
        new("workers may finish their job", static set => Services(set)
            .Where(static item => item.Pods.Name == "capibara6-worker" && item.Pods.Spec.TerminationGracePeriodSeconds < 60).Select(static item => item.Pods.ToString())),
        new("disruptions are budgeted", static set => set.Pods.Where(pods => pods.IsLongRunning && set.ReplicasOf(pods) > 1)
            .Where(pods => set.Of<V1PodDisruptionBudget>().Count(budget => ManifestSet.Matches(budget.Spec.Selector, pods.Labels)) != 1)
            .Select(static pods => pods.ToString())),
        new("budgets let a disruption through", static set => set.Of<V1PodDisruptionBudget>()
            .Where(budget => budget.Spec is not { MaxUnavailable.Value: "1", MinAvailable: null, UnhealthyPodEvictionPolicy: "AlwaysAllow" }
                || !set.Pods.Any(pods => ManifestSet.Matches(budget.Spec.Selector, pods.Labels)))
            .Select(static budget => budget.Metadata.Name)),
        new("replicas spread over nodes and zones", static set => set.Pods.Where(pods => pods.IsLongRunning && set.ReplicasOf(pods) > 1)
            .Where(static pods => s_spread.Any(key => pods.Spec.TopologySpreadConstraints?.Any(spread =>
                spread.TopologyKey == key && ManifestSet.Matches(spread.LabelSelector, pods.Labels)) != true))
            .Select(static pods => pods.ToString())),
        new("claims of one writer have one", static set => set.Pods.Where(pods => pods.Owner is V1Deployment && set.ReplicasOf(pods) > 1)
            .Where(pods => pods.Spec.Volumes.Select(static volume => volume.PersistentVolumeClaim?.ClaimName).OfType<string>()
                .Any(name => set.Of<V1PersistentVolumeClaim>().Any(claim => claim.Metadata.Name == name && claim.Spec.AccessModes.Contains("ReadWriteOnce"))))
            .Select(static pods => pods.ToString())),
        new("replicas as promised", static set => new[] { ("capibara6-api", 3), ("capibara6-graphql", 2), ("capibara6-worker", 3) }
            .Where(promise => set.Pods.Where(pods => pods.Name == promise.Item1).Sum(pods => set.ReplicasOf(pods)) != promise.Item2)
            .Select(static promise => promise.Item1)),
    ];

    private static IEnumerable<(Pods Pods, V1Container Container)> Running(ManifestSet set) => set.Containers.Where(static item => item.Pods.IsLongRunning);

    /// <summary>The services of this repository.</summary>
    private static IEnumerable<(Pods Pods, V1Container Container)> Services(ManifestSet set) =>
        Running(set).Where(static item => item.Pods.Name.StartsWith("capibara6-", StringComparison.Ordinal));

    private static string Question(V1Probe? probe) =>
        $"{probe?.HttpGet?.Path} {probe?.HttpGet?.Port?.Value} {probe?.TcpSocket?.Port?.Value} {string.Join(' ', probe?.Exec?.Command ?? [])}";
}
