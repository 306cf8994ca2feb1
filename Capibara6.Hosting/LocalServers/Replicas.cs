using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.LocalServers;

/// <summary><c>WithReplicas</c> is for deployment: here one of each does, unless the run shall be like it.</summary>
internal static class Replicas
{
    public static void Apply(IEnumerable<IResource> resources, ReplicaMode mode)
    {
        foreach (var resource in resources.Where(_ => mode == ReplicaMode.One))
        {
            foreach (var replicas in resource.Annotations.OfType<ReplicaAnnotation>().ToList())
            {
                resource.Annotations.Remove(replicas);
            }
        }
    }
}
