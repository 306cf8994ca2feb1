using Capibara6.Hosting.Publishing.Workloads;
using k8s.Models;

namespace Capibara6.Hosting.Publishing.Kubernetes.Components;

/// <summary>Public names by ingress-nginx, with TLS from cert-manager and limits for each address. The project is retired; gateway-api is the successor.</summary>
internal sealed class IngressNginxComponent(ObjectMetadata metadata, CertificateIssuers issuers) : IManifestComponent
{
    private const string ControllerNamespace = "ingress-nginx";
    private const string AnnotationPrefix = "nginx.ingress.kubernetes.io/";

    private static readonly Dictionary<string, string> s_controllerPods = new() { ["app.kubernetes.io/name"] = "ingress-nginx" };

    public string Name => "ingress-nginx";
    public string Needs => "ingress-nginx 1.13.2 or later in the namespace `ingress-nginx` (earlier ones refuse the challenges of cert-manager 1.18), and cert-manager";

    public void Write(ManifestTree tree, WorkloadModel model)
    {
        var published = model.Published.ToList();
        var policies = new NetworkPolicyMapping(metadata);
        foreach (var workload in published)
        {
            tree.Add(
                $"components/{Name}/{workload.Name}.yaml",
                Ingress(workload),
                policies.FromNamespace(workload, workload.HttpPort!.Number, ControllerNamespace, s_controllerPods));
        }

        tree.Add(
            $"components/{Name}/issuers.yaml",
            [.. issuers.All(new { ingress = new { ingressClassName = "nginx", serviceType = CertificateIssuers.SolverServiceType } }), issuers.SolverPolicy(ControllerNamespace, s_controllerPods)]);
        tree.AddComponent(Name, ["issuers.yaml", .. published.Select(static workload => $"{workload.Name}.yaml")]);
    }

    private V1Ingress Ingress(Workload workload)
    {
        var host = workload.PublicName!.Host;
        var meta = metadata.For(workload.Name);
        meta.Annotations = Annotations(workload);
        return new V1Ingress
        {
            Metadata = meta,
            Spec = new V1IngressSpec
            {
                IngressClassName = "nginx",
                Tls = [new V1IngressTLS { Hosts = [host], SecretName = $"{workload.Name}-tls" }],
                Rules =
                [
                    new V1IngressRule
                    {
                        Host = host,
                        Http = new V1HTTPIngressRuleValue { Paths = [.. workload.PublicName.Paths.Select(path => Path(workload, path))] },
                    },
                ],
            },
        };
    }

    private static V1HTTPIngressPath Path(Workload workload, string path) => new()
    {
        Path = path,
        // ingress-nginx 1.12 and some after it refuse a prefix with a dot in it, and with it the whole Ingress.
        PathType = path.Contains('.', StringComparison.Ordinal) ? "ImplementationSpecific" : "Prefix",
        Backend = new V1IngressBackend
        {
            Service = new V1IngressServiceBackend
            {
                Name = workload.Name,
                Port = new V1ServiceBackendPort { Name = workload.HttpPort!.Name },
            },
        },
    };

    /// <summary>Limits are for each address and each controller replica. Streams are not buffered.</summary>
    private static Dictionary<string, string> Annotations(Workload workload) => new()
    {
        [CertificateIssuers.Annotation] = CertificateIssuers.Production,
        [AnnotationPrefix + "force-ssl-redirect"] = "true",
        [AnnotationPrefix + "limit-burst-multiplier"] = "5",
        [AnnotationPrefix + "limit-connections"] = "50",
        [AnnotationPrefix + "limit-rps"] = "20",
        [AnnotationPrefix + "proxy-body-size"] = $"{workload.PublicName!.MaxBody}m",
        [AnnotationPrefix + "proxy-buffering"] = "off",
        [AnnotationPrefix + "proxy-connect-timeout"] = "5",
        [AnnotationPrefix + "proxy-read-timeout"] = $"{(workload.LongestAnswer ?? Workload.UsualLongestAnswer).TotalSeconds:0}",
        [AnnotationPrefix + "proxy-send-timeout"] = "60",
        [AnnotationPrefix + "ssl-redirect"] = "true",
    };
}
