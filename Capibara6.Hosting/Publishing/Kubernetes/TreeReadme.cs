using Capibara6.Hosting.Publishing.Kubernetes.Components;
using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>What somebody needs to know who finds the tree without its maker.</summary>
internal static class TreeReadme
{
    public static string Of(WorkloadModel model, KubernetesOptions options, IEnumerable<IManifestComponent> components)
    {
        var text = new StringBuilder($"""
            # {model.Application} on Kubernetes

            Generated from the AppHost. Needs Kubernetes 1.30 or later.

            | apply | for |
            | --- | --- |
            | `kubectl apply -k .` | production |

            """);
        text.AppendJoin(string.Empty, Overlay.All.Select(overlay => $"| `kubectl apply -k overlays/{overlay.Name}` | {overlay.Name}, under `*.{overlay.HostPrefix}{Domain(model)}` |\n"));

        text.Append("""

            `base` has a folder for each workload. An overlay is the base with components; take one out by taking its line out.

            | component | what it needs in the cluster |
            | --- | --- |

            """);
        text.AppendJoin(string.Empty, components.Select(component => $"| {component.Name} | {component.Needs} |\n"));

        text.Append($"""

            Use one of `external-secrets` and `secret-files`, and one of `ingress-nginx` (retired in 2026) and `gateway-api`.
            The store `{options.SecretStore}` holds one key for each parameter:

            """);
        text.AppendJoin(string.Empty, model.Parameters.Select(parameter => $"\n- `{model.Application}/{parameter.Name}`"));

        return text.Append('\n').ToString();
    }

    private static string Domain(WorkloadModel model) =>
        model.Workloads.Select(static workload => workload.PublicName?.Domain).FirstOrDefault(static domain => domain is not null) ?? string.Empty;
}
