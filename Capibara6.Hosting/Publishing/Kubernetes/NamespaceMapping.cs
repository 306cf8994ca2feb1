using Capibara6.Hosting.Publishing.Workloads;
using k8s.Models;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>The namespace, what may run in it, and how much.</summary>
internal sealed class NamespaceMapping(ObjectMetadata metadata)
{
    /// <summary>Pinned, so that a cluster upgrade does not change the rules under us.</summary>
    private const string PodSecurityVersion = "v1.30";

    public V1Namespace Namespace()
    {
        var meta = metadata.ForCluster(metadata.Namespace);
        foreach (var mode in new[] { "audit", "enforce", "warn" })
        {
            meta.Labels[$"pod-security.kubernetes.io/{mode}"] = "restricted";
            meta.Labels[$"pod-security.kubernetes.io/{mode}-version"] = PodSecurityVersion;
        }

        return new V1Namespace { Metadata = meta };
    }

    /// <summary>Room for every workload at its largest, one extra pod each while rolling, and monitoring.</summary>
    public V1ResourceQuota Quota(WorkloadModel model)
    {
        var memory = model.Workloads.Sum(workload => Most(workload) * workload.Resources.MemoryLimitBytes);
        var cpu = model.Workloads.Sum(workload => Most(workload) * workload.Resources.CpuMillicores);
        return new V1ResourceQuota
        {
            Metadata = metadata.For("quota", metadata.Application),
            Spec = new V1ResourceQuotaSpec
            {
                Hard = new Dictionary<string, ResourceQuantity>
                {
                    ["count/jobs.batch"] = new ResourceQuantity("50"),
                    ["limits.memory"] = new ResourceQuantity($"{(memory >> 30) + 1}Gi"),
                    ["persistentvolumeclaims"] = new ResourceQuantity("20"),
                    ["pods"] = new ResourceQuantity($"{model.Workloads.Sum(Most) + 10}"),
                    ["requests.cpu"] = new ResourceQuantity($"{(cpu / 1000) + 1}"),
                    ["services.loadbalancers"] = new ResourceQuantity("0"),
                    ["services.nodeports"] = new ResourceQuantity("0"),
                },
            },
        };
    }

    /// <summary>
    /// For pods that others start here, such as certificate solvers. No limit of CPU: it would be every container's that has
    /// none, and whoever asks for more than it would not be let in.
    /// </summary>
    public V1LimitRange Limits() => new()
    {
        Metadata = metadata.For("limits", metadata.Application),
        Spec = new V1LimitRangeSpec
        {
            Limits =
            [
                new V1LimitRangeItem
                {
                    Type = "Container",
                    DefaultRequest = new Dictionary<string, ResourceQuantity>
                    {
                        ["cpu"] = new ResourceQuantity("50m"),
                        ["ephemeral-storage"] = new ResourceQuantity("64Mi"),
                        ["memory"] = new ResourceQuantity("64Mi"),
                    },
                    DefaultProperty = new Dictionary<string, ResourceQuantity>
                    {
                        ["ephemeral-storage"] = new ResourceQuantity("256Mi"),
                        ["memory"] = new ResourceQuantity("256Mi"),
                    },
                },
            ],
        },
    };

    private static int Most(Workload workload) => workload.MaximumReplicas + 1;
}
