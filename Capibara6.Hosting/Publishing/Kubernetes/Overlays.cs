using Capibara6.Hosting.Publishing.Kubernetes.Components;
using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>An environment: the base, its components, and what differs.</summary>
/// <param name="HostPrefix">Stands between a host's label and the domain, such as "staging."; empty for production.</param>
/// <param name="MaximumReplicas">Caps the autoscalers; null leaves them as the model says.</param>
/// <param name="VolumeSize">The size of every volume; null leaves them as the model says.</param>
internal sealed record Overlay(string Name, string AspNetCoreEnvironment, string HostPrefix, string Issuer, int? MaximumReplicas, string? VolumeSize)
{
    public static IReadOnlyList<Overlay> All { get; } =
    [
        // Not ASP.NET Core's Development, which is a laptop's: it has accounts whose passwords everybody knows.
        new("development", "Staging", "dev.", CertificateIssuers.Staging, 4, "5Gi"),
        new("staging", "Staging", "staging.", CertificateIssuers.Staging, 6, null),
        new("production", "Production", string.Empty, CertificateIssuers.Production, null, null),
    ];
}

/// <summary>Writes overlays/{name}: environments differ in names, sizes and the certificate issuer, never in shape.</summary>
internal sealed class OverlayMapping(ObjectMetadata metadata)
{
    private static readonly string[] s_components = ["external-secrets", "ingress-nginx", "keda", "monitoring"];

    public void Write(ManifestTree tree, WorkloadModel model, Overlay overlay)
    {
        var own = model.Workloads.Where(static workload => workload is { IsProject: true, Kind: WorkloadKind.Service }).ToList();
        tree.Add($"overlays/{overlay.Name}/kustomization.yaml", new Kustomization
        {
            Resources = ["../../base"],
            Components = [.. s_components.Select(static name => $"../../components/{name}")],
            ConfigMapGenerator = [.. model.Workloads.Where(static workload => workload.IsProject && workload.PlainSettings.Any()).Select(workload => new KustomizeGenerator(ObjectNames.Configuration(workload), metadata.Namespace)
            {
                Behavior = "merge",
                Literals = [$"ASPNETCORE_ENVIRONMENT={overlay.AspNetCoreEnvironment}", .. SettingsWithHosts(model, workload, overlay)],
            })],
            Images = [.. own.Select(ImageOf).OfType<KustomizeImage>()],
            Patches = Patches(model, overlay) is { Count: > 0 } patches ? patches : null,
        });
    }

    /// <summary>Settings in which a public name stands follow the environment's names.</summary>
    private static IEnumerable<string> SettingsWithHosts(WorkloadModel model, Workload workload, Overlay overlay)
    {
        foreach (var setting in workload.PlainSettings)
        {
            var value = model.Workloads.Select(static published => published.PublicName).OfType<PublicName>()
                .Aggregate(setting.Value.Plain, (text, name) => text.Replace(name.Host, HostOf(name, overlay), StringComparison.Ordinal));
            if (value != setting.Value.Plain)
            {
                yield return $"{setting.Name}={value}";
            }
        }
    }

    private static string HostOf(PublicName name, Overlay overlay) => $"{name.Label}.{overlay.HostPrefix}{name.Domain}";

    /// <summary>Where a release puts the digests that an environment runs, by `kustomize edit set image`.</summary>
    private static KustomizeImage? ImageOf(Workload workload) => ImageReference.Parse(workload.Image) is { Digest: { } digest } image
        ? new KustomizeImage(image.Name, digest)
        : null;

    private List<KustomizePatch> Patches(WorkloadModel model, Overlay overlay)
    {
        var patches = new List<KustomizePatch>();
        foreach (var workload in model.Workloads)
        {
            if (workload.PublicName is { } name && overlay.HostPrefix.Length > 0)
            {
                patches.Add(Hosts(workload, HostOf(name, overlay), overlay.Issuer));
                patches.Add(Replace("HTTPRoute", workload.Name, ("/spec/hostnames/0", HostOf(name, overlay))));
            }

            // Never below what the model wants at least.
            var most = Math.Max(overlay.MaximumReplicas ?? int.MaxValue, workload.MinimumReplicas);
            if (workload.Autoscaling is not null && most < workload.MaximumReplicas)
            {
                patches.Add(Replace("HorizontalPodAutoscaler", workload.Name, ("/spec/maxReplicas", $"{most}")));
            }

            if (workload.QueueAutoscaling is not null && most < workload.MaximumReplicas)
            {
                patches.Add(Replace("ScaledObject", workload.Name, ("/spec/maxReplicaCount", $"{most}"), ("/spec/fallback/replicas", $"{most}")));
            }

            if (overlay.VolumeSize is { } size && workload.IsStateful)
            {
                patches.Add(Replace("StatefulSet", workload.Name, [.. workload.Volumes.Where(static volume => volume.Name is not null)
                    .Select((_, index) => ($"/spec/volumeClaimTemplates/{index}/spec/resources/requests/storage", size))]));
            }
        }

        if (overlay.HostPrefix.Length > 0)
        {
            patches.Add(Replace(
                "Gateway",
                metadata.Application,
                [
                    ("/metadata/annotations/cert-manager.io~1issuer", overlay.Issuer),
                    // The first listener is that of plain HTTP.
                    .. model.Published.Select((workload, index) => ($"/spec/listeners/{index + 1}/hostname", HostOf(workload.PublicName!, overlay))),
                ]));
        }

        return patches;
    }

    private static KustomizePatch Hosts(Workload workload, string host, string issuer) => Replace(
        "Ingress",
        workload.Name,
        ("/spec/rules/0/host", host),
        ("/spec/tls/0/hosts/0", host),
        ("/metadata/annotations/cert-manager.io~1issuer", issuer));

    private static KustomizePatch Replace(string kind, string name, params (string Path, string Value)[] changes) => new()
    {
        Target = new KustomizeTarget(kind, name),
        Patch = string.Concat(changes.Select(static change => $"- op: replace\n  path: {change.Path}\n  value: {change.Value}\n")),
    };
}
