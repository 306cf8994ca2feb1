using k8s.Models;

namespace Capibara6.Tests.Hosting.Publishing.Rules;

/// <summary>Nothing talks unless a rule says so, and every rule has somebody to talk to.</summary>
internal static class NetworkRules
{
    private static readonly string[] s_inside = ["10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"];

    public static IEnumerable<ManifestRule> All =>
    [
        new("everything is closed by default", static set => set.Of<V1NetworkPolicy>().Any(static item =>
            item.Spec.PodSelector.MatchLabels is null or { Count: 0 } && item.Spec is { Ingress: null, Egress: null }
            && item.Spec.PolicyTypes.Contains("Ingress") && item.Spec.PolicyTypes.Contains("Egress")) ? [] : ["no policy"]),
        new("every pod has ways of its own", static set => set.Pods.Where(pods => !Own(set, pods).Any()).Select(static pods => pods.ToString())),
        new("every policy has a pod", static set => set.Of<V1NetworkPolicy>()
            .Where(static item => item.Spec.PodSelector.MatchLabels?.ContainsKey("acme.cert-manager.io/http01-solver") != true)
            .Where(item => !set.Pods.Any(pods => ManifestSet.Matches(item.Spec.PodSelector, pods.Labels))).Select(static item => item.Metadata.Name)),
        new("every pod asks DNS", static set => set.Pods
            .Where(pods => !Egress(set, pods).SelectMany(static rule => rule.Ports).Any(static port => port is { Port.Value: "53", Protocol: "UDP" })
                || !Egress(set, pods).SelectMany(static rule => rule.Ports).Any(static port => port is { Port.Value: "53", Protocol: "TCP" }))
            .Select(static pods => pods.ToString())),
        new("every rule names who and where", static set => set.Of<V1NetworkPolicy>()
            .Where(static item => (item.Spec.Ingress ?? []).Any(static rule => rule.FromProperty is null or [] || rule.Ports is null or [])
                || (item.Spec.Egress ?? []).Any(static rule => rule.To is null or [] || rule.Ports is null or [])).Select(static item => item.Metadata.Name)),
        new("servers answer named pods only", static set => set.Pods.Where(static pods => pods.Owner is V1StatefulSet)
            .Where(pods => Own(set, pods).SelectMany(static item => item.Spec.Ingress ?? []).ToList() is var rules && (rules.Count == 0
                || rules.Any(static rule => rule.FromProperty.Any(static peer => peer.IpBlock is not null || peer.PodSelector?.MatchLabels is null or { Count: 0 }))))
            .Select(static pods => pods.ToString())),
        new("the internet is not the cluster", static set => set.Of<V1NetworkPolicy>()
            .Where(static item => (item.Spec.Egress ?? []).SelectMany(static rule => rule.To).Any(static peer =>
                peer.IpBlock is { Cidr: "0.0.0.0/0" } block && s_inside.Any(inside => block.Except?.Contains(inside) != true)))
            .Select(static item => item.Metadata.Name)),
        new("both ends of a way are open", static set => set.Pods.SelectMany(from => Egress(set, from)
                .Where(static rule => rule.To.Any(static peer => peer.PodSelector is not null && peer.NamespaceSelector is null))
                .SelectMany(rule => set.Pods.Where(to => rule.To.Any(peer => peer.NamespaceSelector is null && ManifestSet.Matches(peer.PodSelector, to.Labels)))
                    .Where(to => rule.Ports.Any(port => !IsOpen(set, from, to, port.Port.Value)))
                    .Select(to => $"{from} to {to}")))),
        new("services lead to a port", static set => set.Of<V1Service>()
            .Where(item => item.Spec.Type != "ClusterIP" || !set.Pods.Any(pods => ManifestSet.Matches(new V1LabelSelector { MatchLabels = item.Spec.Selector }, pods.Labels)
                && item.Spec.Ports.All(port => pods.Spec.Containers.SelectMany(static container => container.Ports ?? []).Any(own => own.Name == port.TargetPort.Value))))
            .Select(static item => item.Metadata.Name)),
    ];

    public static IEnumerable<V1NetworkPolicy> Own(ManifestSet set, Pods pods) => set.Of<V1NetworkPolicy>()
        .Where(item => item.Spec.PodSelector.MatchLabels is { Count: > 0 } && ManifestSet.Matches(item.Spec.PodSelector, pods.Labels));

    public static IEnumerable<V1NetworkPolicyEgressRule> Egress(ManifestSet set, Pods pods) => Own(set, pods).SelectMany(static item => item.Spec.Egress ?? []);

    public static bool IsOpen(ManifestSet set, Pods from, Pods to, string port) => Own(set, to).SelectMany(static item => item.Spec.Ingress ?? [])
        .Any(rule => rule.Ports.Any(own => own.Port.Value == port)
            && rule.FromProperty.Any(peer => peer.NamespaceSelector is null && ManifestSet.Matches(peer.PodSelector, from.Labels)));
}
