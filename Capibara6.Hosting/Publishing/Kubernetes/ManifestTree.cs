using System.Text;
using k8s;

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
            text.Append(first ? string.Empty : "---\n").Append(KubernetesYaml.Serialize(document).Trim()).Append('\n');
            first = false;
        }

        AddText(path, text.ToString());
    }

    public void AddText(string path, string text) => _files.Add(path, text.ReplaceLineEndings("\n"));
}
