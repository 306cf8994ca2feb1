using Capibara6.Hosting.Publishing.Kubernetes.Components;
using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>From the model to all files: base, components, overlays, and the root that stands for production.</summary>
internal static class KubernetesManifests
{
    public static ManifestTree Create(WorkloadModel model, KubernetesOptions options, string runbookUrl)
    {
        var metadata = new ObjectMetadata(model.Application, options.Namespace);
        var mapping = new BaseMapping(metadata);
        var issuers = new CertificateIssuers(metadata, options.CertificateEmail);
        IManifestComponent[] components =
        [
            new CloudNativePgComponent(metadata),
            new ExternalSecretsComponent(metadata, options.SecretStore),
            new GatewayApiComponent(metadata, issuers),
            new IngressNginxComponent(metadata, issuers),
            new KedaComponent(metadata),
            new MonitoringComponent(metadata, mapping, runbookUrl),
            new SecretFilesComponent(metadata),
        ];

        var tree = new ManifestTree();
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
}
