using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Kubernetes.Components;

/// <summary>Public names by the Gateway API. The standard has no limit for each address: that is a policy of the gateway's vendor.</summary>
internal sealed class GatewayApiComponent(ObjectMetadata metadata, CertificateIssuers issuers, KubernetesOptions options) : IManifestComponent
{
    private readonly Dictionary<string, string> _proxyPods = new() { [options.GatewayPodLabel] = metadata.Application };

    public string Name => "gateway-api";

    public string Needs =>
        $"the Gateway API with a GatewayClass `{metadata.Application}` whose proxies run in `{options.GatewayNamespace}`, labelled `{options.GatewayPodLabel}` "
        + "(Envoy Gateway's, unless settings say otherwise), and cert-manager with its Gateway support";

    public void Write(ManifestTree tree, WorkloadModel model)
    {
        var published = model.Published.ToList();
        var policies = new NetworkPolicyMapping(metadata);
        tree.Add($"components/{Name}/gateway.yaml", Gateway(published), RedirectRoute());
        foreach (var workload in published)
        {
            tree.Add(
                $"components/{Name}/{workload.Name}.yaml",
                Route(workload),
                policies.FromNamespace(workload, workload.HttpPort!.Number, options.GatewayNamespace, _proxyPods));
        }

        var solver = new
        {
            gatewayHTTPRoute = new
            {
                serviceType = CertificateIssuers.SolverServiceType,
                parentRefs = new[] { new { name = metadata.Application, @namespace = metadata.Namespace, kind = "Gateway" } },
            },
        };
        tree.Add($"components/{Name}/issuers.yaml", [.. issuers.All(solver), issuers.SolverPolicy(options.GatewayNamespace, _proxyPods)]);
        tree.AddComponent(Name, ["gateway.yaml", "issuers.yaml", .. published.Select(static workload => $"{workload.Name}.yaml")]);
    }

    private CustomResource Gateway(List<Workload> published)
    {
        var meta = metadata.For(metadata.Application, metadata.Application);
        meta.Annotations = new Dictionary<string, string> { [CertificateIssuers.Annotation] = CertificateIssuers.Production };
        return new CustomResource("gateway.networking.k8s.io/v1", "Gateway", meta, new
        {
            gatewayClassName = metadata.Application,
            listeners = published.Select(static workload => (object)new
            {
                name = workload.Name,
                hostname = workload.PublicName!.Host,
                port = 443,
                protocol = "HTTPS",
                tls = new { mode = "Terminate", certificateRefs = new[] { new { kind = "Secret", name = $"{workload.Name}-tls" } } },
                allowedRoutes = new { namespaces = new { from = "Same" } },
            }).Prepend(new { name = "http", port = 80, protocol = "HTTP", allowedRoutes = new { namespaces = new { from = "Same" } } }).ToArray(),
        });
    }

    private CustomResource RedirectRoute() => new("gateway.networking.k8s.io/v1", "HTTPRoute", metadata.For("https-redirect", metadata.Application), new
    {
        parentRefs = new[] { new { name = metadata.Application, sectionName = "http" } },
        rules = new[]
        {
            new { filters = new[] { new { type = "RequestRedirect", requestRedirect = new { scheme = "https", statusCode = 301 } } } },
        },
    });

    private CustomResource Route(Workload workload) => new("gateway.networking.k8s.io/v1", "HTTPRoute", metadata.For(workload.Name), new
    {
        parentRefs = new[] { new { name = metadata.Application, sectionName = workload.Name } },
        hostnames = new[] { workload.PublicName!.Host },
        rules = new[]
        {
            new
            {
                matches = workload.PublicName.Paths.Select(static path => new { path = new { type = "PathPrefix", value = path } }).ToArray(),
                backendRefs = new[] { new { name = workload.Name, port = workload.HttpPort!.Number } },
                timeouts = new { request = $"{(workload.LongestAnswer ?? Workload.UsualLongestAnswer).TotalSeconds:0}s" },
            },
        },
    });
}
