using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Kubernetes.Components;

/// <summary>
/// Secrets from a store outside the cluster by the External Secrets operator. The store holds the parameters; connection
/// strings are put together from them in the cluster, so that a password is rotated in one place.
/// </summary>
internal sealed class ExternalSecretsComponent(ObjectMetadata metadata, KubernetesOptions options) : IManifestComponent
{
    public string Name => "external-secrets";
    public string Needs => "the External Secrets operator (external-secrets.io/v1) with a ClusterSecretStore";

    public void Write(ManifestTree tree, WorkloadModel model)
    {
        var holders = model.Workloads.Where(static workload => workload.HasSecrets && workload.Pod.ExistingSecret is null).ToList();
        foreach (var workload in holders)
        {
            tree.Add($"components/{Name}/{workload.Name}.yaml", Map(workload));
        }

        tree.AddComponent(Name, [.. holders.Select(static workload => $"{workload.Name}.yaml")]);
    }

    public CustomResource Map(Workload workload)
    {
        var parameters = workload.SecretSettings.SelectMany(static setting => setting.Value.Parts).OfType<ValuePart.Parameter>()
            .Select(static part => part.Name).Distinct().Order(StringComparer.Ordinal);
        return new CustomResource("external-secrets.io/v1", "ExternalSecret", metadata.For(ObjectNames.Secrets(workload), workload.Name), new
        {
            refreshInterval = "1h",
            secretStoreRef = new { kind = "ClusterSecretStore", name = options.SecretStore },
            target = new
            {
                name = ObjectNames.Secrets(workload),
                creationPolicy = "Owner",
                template = new
                {
                    engineVersion = "v2",
                    metadata = new { labels = metadata.Labels(workload.Name) },
                    data = workload.SecretSettings.ToDictionary(static setting => setting.Name, static setting => setting.Value.Render(Template)),
                },
            },
            data = parameters.Select(name => new
            {
                secretKey = TemplateName(name),
                remoteRef = new { key = $"{metadata.Application}/{name}", property = options.SecretProperty },
            }).ToArray(),
        });
    }

    private static string Template(ValuePart.Parameter parameter) =>
        $"{{{{ .{TemplateName(parameter.Name)}{(parameter.UriEncoded ? " | urlquery" : string.Empty)} }}}}";

    /// <summary>A template's field has no hyphens.</summary>
    private static string TemplateName(string parameter) => parameter.Replace('-', '_');
}
