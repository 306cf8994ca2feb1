using System.Text.RegularExpressions;
using k8s.Models;

namespace Capibara6.Tests.Hosting.Publishing.Rules;

/// <summary>Names, labels, selectors.</summary>
internal static partial class StructureRules
{
    private static readonly string[] s_labels = ["app.kubernetes.io/name", "app.kubernetes.io/part-of", "app.kubernetes.io/managed-by"];

    public static IEnumerable<ManifestRule> All =>
    [
        new("no object twice", static set => set.All
            .GroupBy(static item => (item.ApiVersion, item.Kind, item.Metadata.Name))
            .Where(static group => group.Count() > 1).Select(static group => $"{group.Key}")),
        new("stable API versions only", static set => set.All
            .Where(static item => item.ApiVersion.Contains("alpha", StringComparison.Ordinal) || item.ApiVersion.Contains("beta", StringComparison.Ordinal))
            .Select(static item => $"{item.Kind}/{item.Metadata.Name} {item.ApiVersion}")),
        new("every object in the namespace", static set => set.All
            .Where(static item => item is not V1Namespace && item.Metadata.NamespaceProperty != "capibara6").Select(static item => $"{item.Kind}/{item.Metadata.Name}")),
        new("recommended labels", static set => set.All
            .SelectMany(static item => s_labels.Where(label => item.Metadata.Labels?.ContainsKey(label) != true), static (item, label) => $"{item.Kind}/{item.Metadata.Name} {label}")),
        new("recommended labels on operators' objects", static set => set.Custom
            .SelectMany(static item => s_labels.Where(label => !((Dictionary<object, object>)item.Metadata["labels"]).ContainsKey(label)), static (item, label) => $"{item.Kind}/{item.Name} {label}")),
        new("selectors match their own pods and no others", static set => set.Of<V1Deployment>().Select(static item => (item.Metadata.Name, item.Spec.Selector))
            .Concat(set.Of<V1StatefulSet>().Select(static item => (item.Metadata.Name, item.Spec.Selector)))
            .SelectMany(owner => set.Pods
                .Where(pods => ManifestSet.Matches(owner.Selector, pods.Labels) != (pods.Name == owner.Name)).Select(pods => $"{owner.Name} and {pods}"))),
        new("names and label values are valid", static set => set.All.Where(static item => !DnsLabel().IsMatch(item.Metadata.Name)).Select(static item => item.Metadata.Name)
            .Concat(set.All.SelectMany(static item => item.Metadata.Labels.Values).Concat(set.Pods.SelectMany(static pods => pods.Labels.Values))
                .Where(static value => !LabelValue().IsMatch(value)))),
        // The client's types take any text where the API server knows a few words.
        new("words that Kubernetes knows", static set => Words(set).Where(static word => !word.Known.Split(' ').Contains(word.Value ?? "-")).Select(static word => $"{word.At}: {word.Value}")),
    ];

    private static IEnumerable<(string At, string? Value, string Known)> Words(ManifestSet set) =>
    [
        .. set.Of<V1NetworkPolicy>().SelectMany(static item => item.Spec.PolicyTypes, static (item, type) => (item.Metadata.Name, (string?)type, "Ingress Egress")),
        .. set.Of<V1NetworkPolicy>().SelectMany(static item => (item.Spec.Ingress ?? []).SelectMany(static rule => rule.Ports).Concat((item.Spec.Egress ?? []).SelectMany(static rule => rule.Ports)),
            static (item, port) => (item.Metadata.Name, (string?)port.Protocol, "TCP UDP")),
        .. set.Containers.Select(static item => (item.Pods.Name, (string?)item.Container.ImagePullPolicy, "IfNotPresent Always")),
        .. set.Containers.SelectMany(static item => item.Container.Ports ?? [], static (item, port) => (item.Pods.Name, (string?)port.Protocol, "TCP UDP")),
        .. set.Pods.Where(static pods => !pods.IsLongRunning).Select(static pods => (pods.Name, (string?)pods.Spec.RestartPolicy, "Never OnFailure")),
        .. set.Of<V1PersistentVolumeClaim>().SelectMany(static item => item.Spec.AccessModes, static (item, mode) => (item.Metadata.Name, (string?)mode, "ReadWriteOnce ReadWriteMany ReadOnlyMany ReadWriteOncePod")),
        .. set.Of<V1Ingress>().SelectMany(static item => item.Spec.Rules).SelectMany(static rule => rule.Http.Paths, static (rule, path) => (rule.Host, (string?)path.PathType, "Prefix Exact ImplementationSpecific")),
        .. set.Of<V2HorizontalPodAutoscaler>().SelectMany(static item => item.Spec.Metrics, static (item, metric) => (item.Metadata.Name, (string?)metric.Resource?.Target.Type, "Utilization AverageValue")),
    ];

    [GeneratedRegex("^(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?$")]
    private static partial Regex LabelValue();

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]
    private static partial Regex DnsLabel();
}
