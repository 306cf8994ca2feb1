using Capibara6.Hosting.Publishing.Workloads;
using k8s.Models;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>What a workload talks to is what it may reach: the model's references, DNS, and nothing else.</summary>
internal sealed class NetworkPolicyMapping(ObjectMetadata metadata)
{
    private const string NamespaceNameLabel = "kubernetes.io/metadata.name";

    /// <summary>Addresses that are not the internet: private networks, and link-local ones with the cloud's metadata service.</summary>
    private static readonly string[] s_insideAddresses =
        ["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"];

    public V1NetworkPolicy DefaultDeny() => Policy(metadata.For("default-deny", metadata.Application), new V1LabelSelector(), null, null);

    /// <summary>The ways of a workload to and from workloads of the same model.</summary>
    public V1NetworkPolicy Map(Workload workload, IEnumerable<Workload> callers) => Policy(
        metadata.For(workload.Name),
        new V1LabelSelector { MatchLabels = ObjectMetadata.Selector(workload.Name) },
        [.. callers.Select(caller => From(Pods(caller.Name), caller.Connections.Where(way => way.To == workload.Name).Select(static way => way.Port)))],
        [Dns(), .. workload.Connections.Select(static way => To(Pods(way.To), [way.Port])), .. Outbound(workload)]);

    /// <summary>Opens a port of a workload to pods of a cluster service in a namespace of its own.</summary>
    public V1NetworkPolicy FromNamespace(Workload workload, int port, string fromNamespace, Dictionary<string, string> podLabels) => Policy(
        metadata.For($"{workload.Name}-from-{fromNamespace}", workload.Name),
        new V1LabelSelector { MatchLabels = ObjectMetadata.Selector(workload.Name) },
        [From(InNamespace(fromNamespace, podLabels), [port])],
        null);

    public V1NetworkPolicy Between(string name, Workload workload, IEnumerable<Connection> from, IEnumerable<Connection> to)
    {
        List<V1NetworkPolicyIngressRule> ingress = [.. from.Select(way => From(Pods(way.To), [way.Port]))];
        List<V1NetworkPolicyEgressRule> egress = [.. to.Select(way => To(Pods(way.To), [way.Port]))];
        return Policy(
            metadata.For(name, workload.Name),
            new V1LabelSelector { MatchLabels = ObjectMetadata.Selector(workload.Name) },
            ingress.Count == 0 ? null : ingress,
            egress.Count == 0 ? null : egress);
    }

    public V1NetworkPolicy Custom(
        string name, Dictionary<string, string> podLabels, List<V1NetworkPolicyIngressRule>? ingress, List<V1NetworkPolicyEgressRule>? egress) =>
        Policy(metadata.For(name, metadata.Application), new V1LabelSelector { MatchLabels = podLabels }, ingress, egress);

    public static V1NetworkPolicyPeer Pods(string workload) =>
        new() { PodSelector = new V1LabelSelector { MatchLabels = ObjectMetadata.Selector(workload) } };

    public static V1NetworkPolicyPeer InNamespace(string name, Dictionary<string, string> podLabels) => new()
    {
        NamespaceSelector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { [NamespaceNameLabel] = name } },
        PodSelector = new V1LabelSelector { MatchLabels = podLabels },
    };

    public static V1NetworkPolicyIngressRule From(V1NetworkPolicyPeer peer, IEnumerable<int> ports) =>
        new() { FromProperty = [peer], Ports = Tcp(ports) };

    public static V1NetworkPolicyEgressRule To(V1NetworkPolicyPeer peer, IEnumerable<int> ports) =>
        new() { To = [peer], Ports = Tcp(ports) };

    public static V1NetworkPolicyEgressRule Dns() => new()
    {
        To = [InNamespace("kube-system", new Dictionary<string, string> { ["k8s-app"] = "kube-dns" })],
        Ports = [new V1NetworkPolicyPort { Port = 53, Protocol = "UDP" }, new V1NetworkPolicyPort { Port = 53, Protocol = "TCP" }],
    };

    private static IEnumerable<V1NetworkPolicyEgressRule> Outbound(Workload workload)
    {
        if (workload.OutboundPorts.Count > 0)
        {
            var block = workload.OutboundNetwork is { } network
                ? new V1IPBlock { Cidr = network }
                : new V1IPBlock { Cidr = "0.0.0.0/0", Except = s_insideAddresses };
            yield return To(new V1NetworkPolicyPeer { IpBlock = block }, workload.OutboundPorts);
        }
    }

    private static List<V1NetworkPolicyPort> Tcp(IEnumerable<int> ports) =>
        [.. ports.Distinct().Order().Select(static port => new V1NetworkPolicyPort { Port = port, Protocol = "TCP" })];

    private static V1NetworkPolicy Policy(
        V1ObjectMeta meta, V1LabelSelector pods, List<V1NetworkPolicyIngressRule>? ingress, List<V1NetworkPolicyEgressRule>? egress)
    {
        // A policy for all pods without rules denies; one with rules for one direction leaves the other to the rest.
        var isDeny = ingress is null && egress is null;
        List<string> types = [];
        if (ingress is not null || isDeny)
        {
            types.Add("Ingress");
        }

        if (egress is not null || isDeny)
        {
            types.Add("Egress");
        }

        return new V1NetworkPolicy
        {
            Metadata = meta,
            Spec = new V1NetworkPolicySpec
            {
                PodSelector = pods,
                PolicyTypes = types,
                Ingress = ingress is { Count: > 0 } ? ingress : null,
                Egress = egress is { Count: > 0 } ? egress : null,
            },
        };
    }
}
