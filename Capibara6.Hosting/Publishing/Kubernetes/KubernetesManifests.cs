using Capibara6.Hosting.Publishing.Kubernetes.Components;
using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>From the model to all files: base, components, overlays, and the root that stands for production.</summary>
internal static class KubernetesManifests
{
    public static ManifestTree Create(WorkloadModel read, KubernetesOptions options)
    {
        var model = read with { Workloads = [.. read.Workloads.Select(workload => WithModels(workload, options))] };
        var metadata = new ObjectMetadata(model.Application, options.Namespace);
        var mapping = new BaseMapping(metadata);
        var issuers = new CertificateIssuers(metadata, options.CertificateEmail);
        IManifestComponent[] components =
        [
            new CloudNativePgComponent(metadata),
            new ExternalSecretsComponent(metadata, options),
            new GatewayApiComponent(metadata, issuers, options),
            new IngressNginxComponent(metadata, issuers),
            new KedaComponent(metadata),
            new MonitoringComponent(metadata, mapping),
            new SecretFilesComponent(metadata),
            .. model.TelemetryDashboard is { } dashboard
                ? [new TelemetryDashboardComponent(metadata, mapping, dashboard, model.Telemetry!)]
                : (IManifestComponent[])[],
        ];

        var tree = new ManifestTree(model.Source);
        mapping.Write(tree, model);
        foreach (var component in components)
        {
            component.Write(tree, model);
        }

        foreach (var overlay in Overlay.All)
        {
            new OverlayMapping(metadata).Write(tree, model, overlay);
        }

        tree.Add("kustomization.yaml", new Kustomization { Resources = ["overlays/production"] });
        tree.AddText("README.md", TreeReadme.Of(model, options, components));
        return tree;
    }

    private static Workload WithModels(Workload workload, KubernetesOptions options) => workload.OutboundPorts.Count == 0 ? workload : workload with
    {
        OutboundPorts = options.ModelsPort is { } port ? [port] : workload.OutboundPorts,
        OutboundNetwork = options.ModelsNetwork,
    };
}
