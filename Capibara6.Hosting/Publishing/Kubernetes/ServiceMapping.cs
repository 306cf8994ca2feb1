using Capibara6.Hosting.Publishing.Workloads;
using k8s.Models;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>The name by which others reach a workload. Headless for a StatefulSet: there is one pod, and no need for a virtual address.</summary>
internal sealed class ServiceMapping(ObjectMetadata metadata)
{
    public V1Service Map(Workload workload) => Service(metadata.For(workload.Name), workload, isHeadless: workload.IsStateful, workload.Ports);

    /// <summary>One name that stands for every replica's address, so that each is scraped, those that aren't ready above all.</summary>
    public V1Service PerReplica(Workload workload, WorkloadPort port)
    {
        var service = Service(metadata.For(PerReplicaName(workload), workload.Name + "-metrics"), workload, isHeadless: true, [port]);
        service.Spec.PublishNotReadyAddresses = true;
        return service;
    }

    public static string PerReplicaName(Workload workload) => $"{workload.Name}-metrics";

    private static V1Service Service(V1ObjectMeta meta, Workload workload, bool isHeadless, IReadOnlyList<WorkloadPort> ports) => new()
    {
        Metadata = meta,
        Spec = new V1ServiceSpec
        {
            Type = "ClusterIP",
            ClusterIP = isHeadless ? "None" : null,
            Selector = ObjectMetadata.Selector(workload.Name),
            Ports = [.. ports.Select(static port => new V1ServicePort
            {
                Name = port.Name,
                Port = port.Number,
                TargetPort = port.Name,
                Protocol = port.Protocol,
            })],
        },
    };
}
