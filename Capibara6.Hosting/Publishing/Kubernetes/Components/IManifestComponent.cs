using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Kubernetes.Components;

/// <summary>A part that a deployment takes or leaves: a kustomize component in components/{Name}.</summary>
internal interface IManifestComponent
{
    string Name { get; }

    /// <summary>What the cluster must have for it, for the reader of the output.</summary>
    string Needs { get; }

    void Write(ManifestTree tree, WorkloadModel model);
}
