using System.Globalization;
using k8s;
using k8s.Models;
using YamlDotNet.Serialization;

namespace Capibara6.Tests.Hosting.Publishing;

/// <summary>
/// The objects of the base and some components as kustomize would put them together, strictly typed where Kubernetes has a type:
/// an unknown field doesn't load. Generators become ConfigMaps and Secrets under their plain names.
/// </summary>
internal sealed class ManifestSet
{
    private static readonly IDeserializer s_yaml = new DeserializerBuilder().WithDuplicateKeyChecking().Build();

    private readonly List<IKubernetesObject<V1ObjectMeta>> _objects = [];
    private readonly HashSet<(string Kind, string Name)> _deleted = [];
    private readonly HashSet<(string Kind, string Name)> _patched = [];

    public IReadOnlyList<CustomObject> Custom => _custom;

    public IReadOnlyList<string> Patches => _patches;

    /// <summary>The ConfigMaps whose names change with their content.</summary>
    public IReadOnlySet<string> Hashed => _hashed;

    private readonly List<CustomObject> _custom = [];
    private readonly HashSet<string> _hashed = [];
    private readonly List<string> _patches = [];

    public static ManifestSet Load(IReadOnlyDictionary<string, string> files, params IEnumerable<string> folders)
    {
        var set = new ManifestSet();
        foreach (var folder in folders)
        {
            set.AddFolder(files, folder);
        }

        // kustomize passes over a patch whose target isn't there.
        Assert.IsEmpty(set._patched.Except(set._objects.Select(static item => (item.Kind, item.Metadata.Name))), $"patched, but in none of {string.Join(", ", folders)}");
        set._objects.RemoveAll(item => set._deleted.Contains((item.Kind, item.Metadata.Name)));
        return set;
    }

    public IEnumerable<T> Of<T>()
        where T : IKubernetesObject<V1ObjectMeta> => _objects.OfType<T>();

    public IEnumerable<IKubernetesObject<V1ObjectMeta>> All => _objects;

    /// <summary>Every pod template with what runs it.</summary>
    public IEnumerable<Pods> Pods => _objects.Select(static item => item switch
    {
        V1Deployment deployment => new Pods(item, deployment.Spec.Template, IsLongRunning: true),
        V1StatefulSet set => new Pods(item, set.Spec.Template, IsLongRunning: true),
        V1Job job => new Pods(item, job.Spec.Template, IsLongRunning: false),
        V1CronJob job => new Pods(item, job.Spec.JobTemplate.Spec.Template, IsLongRunning: false),
        _ => null,
    }).OfType<Pods>();

    public IEnumerable<(Pods Pods, V1Container Container)> Containers => Pods.SelectMany(static pods =>
        pods.Spec.Containers.Concat(pods.Spec.InitContainers ?? []).Select(container => (pods, container)));

    public static bool Matches(V1LabelSelector? selector, IDictionary<string, string>? labels) =>
        selector is not null && (selector.MatchLabels ?? new Dictionary<string, string>()).All(pair =>
            labels is not null && labels.TryGetValue(pair.Key, out var value) && value == pair.Value);

    /// <summary>The autoscaler of a Deployment: least and most replicas; null for none.</summary>
    public IEnumerable<(string Kind, int Minimum, int Maximum)> ScalersOf(string deployment)
    {
        foreach (var scaler in Of<V2HorizontalPodAutoscaler>().Where(scaler => scaler.Spec.ScaleTargetRef.Name == deployment))
        {
            yield return (scaler.Kind, scaler.Spec.MinReplicas ?? 1, scaler.Spec.MaxReplicas);
        }

        foreach (var scaler in _custom.Where(item => item.Kind == "ScaledObject" && item.Text("scaleTargetRef", "name") == deployment))
        {
            yield return (scaler.Kind, scaler.Number("minReplicaCount"), scaler.Number("maxReplicaCount"));
        }
    }

    public int ReplicasOf(Pods pods) => ScalersOf(pods.Name).Select(static scaler => scaler.Minimum).DefaultIfEmpty(pods.Owner switch
    {
        V1Deployment deployment => deployment.Spec.Replicas ?? 1,
        V1StatefulSet set => set.Spec.Replicas ?? 1,
        _ => 1,
    }).First();

    private void AddFolder(IReadOnlyDictionary<string, string> files, string folder)
    {
        var kustomization = (Dictionary<object, object>)s_yaml.Deserialize(files[$"{folder}/kustomization.yaml"])!;
        foreach (var resource in List(kustomization, "resources").Cast<string>())
        {
            if (files.TryGetValue($"{folder}/{resource}", out var text))
            {
                AddFile(text);
            }
            else
            {
                AddFolder(files, $"{folder}/{resource}");
            }
        }

        foreach (var generator in List(kustomization, "configMapGenerator").Cast<Dictionary<object, object>>())
        {
            _objects.Add(Generated(files, folder, generator));
            if (!((Dictionary<object, object>)generator["options"]).ContainsKey("disableNameSuffixHash") && !kustomization.ContainsKey("generatorOptions"))
            {
                _hashed.Add((string)generator["name"]);
            }
        }

        foreach (var patch in List(kustomization, "patches").Cast<Dictionary<object, object>>())
        {
            var target = (Dictionary<object, object>)patch["target"];
            _patched.Add(((string)target["kind"], (string)target["name"]));
            AddPatch((string)patch["patch"]);
        }
    }

    private void AddFile(string text)
    {
        foreach (var document in text.Split("\n---\n"))
        {
            var fields = (Dictionary<object, object>)s_yaml.Deserialize(document)!;
            var apiVersion = (string)fields["apiVersion"];
            if (apiVersion.Split('/')[0] is var group && group.Contains('.', StringComparison.Ordinal) && !group.EndsWith(".k8s.io", StringComparison.Ordinal)
                || apiVersion.StartsWith("gateway.", StringComparison.Ordinal))
            {
                _custom.Add(new CustomObject(fields));
            }
            else
            {
                _objects.AddRange(KubernetesYaml.LoadAllFromString(document, null, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>());
            }
        }
    }

    private void AddPatch(string patch)
    {
        _patches.Add(patch);
        if (patch.Contains("$patch: delete", StringComparison.Ordinal))
        {
            var fields = (Dictionary<object, object>)s_yaml.Deserialize(patch)!;
            _deleted.Add(((string)fields["kind"], (string)((Dictionary<object, object>)fields["metadata"])["name"]));
        }
    }

    private static V1ConfigMap Generated(IReadOnlyDictionary<string, string> files, string folder, Dictionary<object, object> generator)
    {
        var data = new Dictionary<string, string>();
        foreach (var literal in List(generator, "literals").Cast<string>())
        {
            data[literal[..literal.IndexOf('=', StringComparison.Ordinal)]] = literal[(literal.IndexOf('=', StringComparison.Ordinal) + 1)..];
        }

        foreach (var file in List(generator, "files").Cast<string>())
        {
            data[Path.GetFileName(file)] = files[$"{folder}/{file}"];
        }

        var labels = (Dictionary<object, object>)((Dictionary<object, object>)generator["options"])["labels"];
        return new V1ConfigMap
        {
            Kind = "ConfigMap",
            ApiVersion = "v1",
            Metadata = new V1ObjectMeta
            {
                Name = (string)generator["name"],
                NamespaceProperty = (string)generator["namespace"],
                Labels = labels.ToDictionary(static pair => (string)pair.Key, static pair => (string)pair.Value),
            },
            Data = data,
        };
    }

    private static List<object> List(Dictionary<object, object> fields, string name) =>
        fields.TryGetValue(name, out var value) ? (List<object>)value : [];
}

/// <summary>A pod template and the object that runs it.</summary>
internal sealed record Pods(IKubernetesObject<V1ObjectMeta> Owner, V1PodTemplateSpec Template, bool IsLongRunning)
{
    public string Name => Owner.Metadata.Name;

    public V1PodSpec Spec => Template.Spec;

    public IDictionary<string, string> Labels => Template.Metadata.Labels;

    public override string ToString() => $"{Owner.Kind}/{Name}";
}

/// <summary>An object of an operator's kind, as plain fields.</summary>
internal sealed record CustomObject(Dictionary<object, object> Fields)
{
    public string Kind => (string)Fields["kind"];

    public string Name => (string)((Dictionary<object, object>)Fields["metadata"])["name"];

    public IDictionary<object, object> Metadata => (Dictionary<object, object>)Fields["metadata"];

    /// <summary>A text of the spec by its path; list items by number; null where there is none.</summary>
    public string? Text(params string[] path) => Find(path) as string;

    public int Number(params string[] path) => int.Parse(Text(path)!, CultureInfo.InvariantCulture);

    public object? Find(params string[] path)
    {
        object? current = Fields["spec"];
        foreach (var step in path)
        {
            current = current switch
            {
                Dictionary<object, object> fields => fields.GetValueOrDefault(step),
                List<object> items when int.TryParse(step, CultureInfo.InvariantCulture, out var index) && index < items.Count => items[index],
                _ => null,
            };
        }

        return current;
    }
}
