using System.Reflection;
using k8s;
using k8s.Models;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>The files to write, by their path with '/' below the output folder. Same model, same bytes.</summary>
/// <param name="source">What generates them.</param>
internal sealed class ManifestTree(string source)
{
    private readonly string _header = $"# Generated from {source}. Change the model or an overlay of your own, not this file.\n";

    private readonly SortedDictionary<string, string> _files = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Files => _files;

    public void Add(string path, params IEnumerable<object> documents)
    {
        var text = new StringBuilder(_header);
        var first = true;
        foreach (var document in documents)
        {
            Name(document as IKubernetesObject);
            text.Append(first ? string.Empty : "---\n").Append(KubernetesYaml.Serialize(document).Trim()).Append('\n');
            first = false;
        }

        AddText(path, text.ToString());
    }

    /// <summary>Completes a part that a deployment takes or leaves, in components/{name}.</summary>
    public void AddComponent(string name, IEnumerable<string> resources, IReadOnlyList<KustomizePatch>? patches = null) => Add(
        $"components/{name}/kustomization.yaml", new Kustomization { Kind = "Component", Resources = [.. resources], Patches = patches });

    /// <summary>The kind of an object of the Kubernetes API follows from its type.</summary>
    private static void Name(IKubernetesObject? document)
    {
        if (document?.GetType().GetCustomAttribute<KubernetesEntityAttribute>() is { } entity)
        {
            document.ApiVersion = entity.Group is { Length: > 0 } group ? $"{group}/{entity.ApiVersion}" : entity.ApiVersion;
            document.Kind = entity.Kind;
        }
    }

    public void AddText(string path, string text) => _files.Add(path, text.ReplaceLineEndings("\n"));
}

/// <summary>An object of a kind that the Kubernetes API itself does not have. Its field names are those of the operator's schema.</summary>
internal sealed record CustomResource(string ApiVersion, string Kind, V1ObjectMeta Metadata, object Spec);
