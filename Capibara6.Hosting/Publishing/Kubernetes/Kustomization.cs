using YamlDotNet.Serialization;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>A kustomization.yaml. Null lists are left out.</summary>
internal sealed record Kustomization
{
    [YamlMember(Order = -2)]
    public string ApiVersion => Kind == "Component" ? "kustomize.config.k8s.io/v1alpha1" : "kustomize.config.k8s.io/v1beta1";

    [YamlMember(Order = -1)]
    public string Kind { get; init; } = "Kustomization";
    public IReadOnlyList<string>? Resources { get; init; }
    public IReadOnlyList<string>? Components { get; init; }
    public IReadOnlyList<KustomizeGenerator>? ConfigMapGenerator { get; init; }
    public IReadOnlyList<KustomizeGenerator>? SecretGenerator { get; init; }
    public IReadOnlyList<KustomizeImage>? Images { get; init; }
    public IReadOnlyList<KustomizePatch>? Patches { get; init; }
}

/// <summary>Makes a ConfigMap or a Secret whose name ends in a hash of its content, so that a change rolls the pods that use it.</summary>
internal sealed record KustomizeGenerator(string Name, string Namespace)
{
    public string? Behavior { get; init; }
    public IReadOnlyList<string>? Literals { get; init; }
    public IReadOnlyList<string>? Files { get; init; }
    public IReadOnlyList<string>? Envs { get; init; }
    public KustomizeGeneratorOptions? Options { get; init; }
}

internal sealed record KustomizeGeneratorOptions(IDictionary<string, string> Labels);
internal sealed record KustomizeImage(string Name, string Digest);

internal sealed record KustomizePatch
{
    /// <summary>What is patched, where it is there: a component renders alone, too.</summary>
    public required KustomizeTarget Target { get; init; }

    /// <summary>A JSON patch or a strategic merge patch.</summary>
    [YamlMember(ScalarStyle = YamlDotNet.Core.ScalarStyle.Literal)]
    public required string Patch { get; init; }

    /// <summary>Gives a workload's container more variables.</summary>
    /// <param name="variables">As YAML.</param>
    public static KustomizePatch Environment(string workload, params string[] variables) => new()
    {
        Target = new KustomizeTarget("Deployment", workload),
        Patch = $"""
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: {workload}
            spec:
              template:
                spec:
                  containers:
                  - name: {workload}
                    env:
            {string.Join('\n', variables.Select(static variable => $"        - {variable}"))}
            """,
    };

    public static KustomizePatch Delete(string apiVersion, string kind, string name) => new()
    {
        Target = new KustomizeTarget(kind, name),
        Patch = $"""
            apiVersion: {apiVersion}
            kind: {kind}
            metadata:
              name: {name}
            $patch: delete
            """,
    };
}

internal sealed record KustomizeTarget(string Kind, string Name);
