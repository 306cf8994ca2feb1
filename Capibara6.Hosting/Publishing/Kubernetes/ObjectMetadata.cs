using k8s.Models;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>Names and labels of the objects. Written out in every file, so that no transformer has to guess what is namespaced.</summary>
internal sealed class ObjectMetadata(string application, string @namespace)
{
    public const string NameLabel = "app.kubernetes.io/name";
    public string Application { get; } = application;
    public string Namespace { get; } = @namespace;

    /// <summary>What selectors match. Never changes for a workload: a Deployment's selector is immutable.</summary>
    public static Dictionary<string, string> Selector(string workload) => new() { [NameLabel] = workload };

    public Dictionary<string, string> Labels(string workload) => new()
    {
        ["app.kubernetes.io/managed-by"] = $"{Application}-apphost",
        [NameLabel] = workload,
        ["app.kubernetes.io/part-of"] = Application,
    };

    public V1ObjectMeta For(string name, string workload) =>
        new() { Name = name, NamespaceProperty = Namespace, Labels = Labels(workload) };

    public V1ObjectMeta For(string workload) => For(workload, workload);

    public V1ObjectMeta ForCluster(string name) => new() { Name = name, Labels = Labels(Application) };

    public KustomizeGeneratorOptions GeneratorOptions(string workload) => new(Labels(workload));
}
