using k8s.Models;

namespace Capibara6.Tests.Hosting.Publishing.Rules;

/// <summary>Pod Security "restricted", and what it leaves open.</summary>
internal static class PodSecurityRules
{
    private const long LowestId = 10_000;

    public static IEnumerable<ManifestRule> All =>
    [
        new("namespace enforces restricted, pinned", static set => set.Of<V1Namespace>()
            .Where(static item => item.Metadata.Labels["pod-security.kubernetes.io/enforce"] != "restricted"
                || !item.Metadata.Labels["pod-security.kubernetes.io/enforce-version"].StartsWith("v1.", StringComparison.Ordinal))
            .Select(static item => item.Metadata.Name).Concat(set.Of<V1Namespace>().Any() ? [] : ["no namespace"])),
        Pod("runs as nobody's user", static pods => pods.Spec.SecurityContext is { RunAsNonRoot: true, RunAsUser: >= LowestId, RunAsGroup: >= LowestId }),
        Pod("seccomp profile of the runtime", static pods => pods.Spec.SecurityContext?.SeccompProfile?.Type == "RuntimeDefault"),
        Pod("file group where there is a volume", static pods => pods.Spec.SecurityContext?.FsGroup >= LowestId),
        Pod("nothing of the host", static pods => pods.Spec is { HostNetwork: null or false, HostPID: null or false, HostIPC: null or false }
            && pods.Spec.SecurityContext?.Sysctls is null && pods.Spec.Containers.All(static container => container.SecurityContext?.ProcMount is null)
            && pods.Spec.Volumes.All(static volume => volume.HostPath is null)
            && pods.Spec.Containers.SelectMany(static container => container.Ports ?? []).All(static port => port.HostPort is null)),
        Pod("volumes of the restricted kinds", static pods => pods.Spec.Volumes.All(static volume =>
            volume.ConfigMap is not null || volume.Secret is not null || volume.EmptyDir is not null || volume.PersistentVolumeClaim is not null)),
        new("nobody may ask the API server", static set => set.All
            .Where(static item => item is V1Role or V1ClusterRole or V1RoleBinding or V1ClusterRoleBinding).Select(static item => $"{item.Kind}/{item.Metadata.Name}")),
        Pod("no service account token", static pods => pods.Spec.AutomountServiceAccountToken == false),
        Pod("no service links", static pods => pods.Spec.EnableServiceLinks == false),
        new("own service account", static set => set.Pods
            .Where(pods => pods.Spec.ServiceAccountName is not { } account || account == "default"
                || set.Of<V1ServiceAccount>().All(item => item.Metadata.Name != account)
                || set.Pods.Count(other => other.Spec.ServiceAccountName == account) != 1)
            .Select(static pods => pods.ToString())),
        Container("no privilege escalation", static container => container.SecurityContext is { AllowPrivilegeEscalation: false, Privileged: null or false }),
        Container("no capabilities", static container => container.SecurityContext?.Capabilities is { Drop: ["ALL"], Add: null }),
        Container("read-only root", static container => container.SecurityContext?.ReadOnlyRootFilesystem == true),
    ];

    private static ManifestRule Pod(string name, Func<Pods, bool> isKept) =>
        new(name, set => set.Pods.Where(pods => !isKept(pods)).Select(static pods => pods.ToString()));

    private static ManifestRule Container(string name, Func<V1Container, bool> isKept) =>
        new(name, set => set.Containers.Where(item => !isKept(item.Container)).Select(static item => $"{item.Pods}:{item.Container.Name}"));
}
