using Capibara6.Hosting.Publishing.Workloads;
using k8s.Models;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>The base: a folder for each workload, as Aspirate lays them out, and the namespace around them.</summary>
internal sealed class BaseMapping(ObjectMetadata metadata)
{
    private readonly WorkloadMapping _workloads = new(metadata, new PodMapping(metadata));
    private readonly ServiceMapping _services = new(metadata);
    private readonly AutoscalerMapping _autoscalers = new(metadata);
    private readonly NetworkPolicyMapping _policies = new(metadata);

    public void Write(ManifestTree tree, WorkloadModel model)
    {
        var namespaces = new NamespaceMapping(metadata);
        tree.Add("base/namespace.yaml", namespaces.Namespace());
        tree.Add("base/limits.yaml", namespaces.Quota(model), namespaces.Limits());
        tree.Add("base/networkpolicy.yaml", _policies.DefaultDeny());
        var own = model.Workloads.Where(static workload => !workload.IsMonitoring).ToList();
        foreach (var workload in own)
        {
            WriteWorkload(tree, $"base/{workload.Name}", workload, model.CallersOf(workload).Where(static caller => !caller.IsMonitoring));
        }

        tree.Add("base/kustomization.yaml", new Kustomization
        {
            Resources = ["namespace.yaml", "limits.yaml", "networkpolicy.yaml", .. own.Select(static workload => workload.Name)],
        });
    }

    public void WriteWorkload(ManifestTree tree, string folder, Workload published, IEnumerable<Workload> callers)
    {
        var workload = RestrictedServer.Adapt(published);
        var resources = new List<string>();
        void Add(string file, params IEnumerable<object?> documents)
        {
            var present = documents.OfType<object>().ToList();
            if (present.Count > 0)
            {
                tree.Add($"{folder}/{file}", present);
                resources.Add(file);
            }
        }

        var (name, document) = _workloads.Map(workload);
        Add(name, document);
        Add("service.yaml", workload.Ports.Count == 0 ? null : _services.Map(workload));
        Add("persistentvolumeclaim.yaml", _workloads.Claims(workload));
        Add("serviceaccount.yaml", ServiceAccount(workload));
        Add("networkpolicy.yaml", _policies.Map(workload, callers));
        Add("horizontalpodautoscaler.yaml", _autoscalers.Map(workload));
        Add("poddisruptionbudget.yaml", _autoscalers.DisruptionBudget(workload));
        var generators = new ConfigurationMapping(metadata).Map(tree, folder, workload);
        tree.Add($"{folder}/kustomization.yaml", new Kustomization
        {
            Resources = resources,
            ConfigMapGenerator = generators.Count == 0 ? null : generators,
        });
    }

    private V1ServiceAccount ServiceAccount(Workload workload) => new()
    {
        Metadata = metadata.For(workload.Name),
        AutomountServiceAccountToken = false,
    };
}
