using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Kubernetes.Components;

/// <summary>
/// Secrets from files beside the kustomization, for clusters without the External Secrets operator. Git ignores the files;
/// what is committed are their templates.
/// </summary>
internal sealed class SecretFilesComponent(ObjectMetadata metadata) : IManifestComponent
{
    public const string Folder = "components/secret-files";

    public string Name => "secret-files";
    public string Needs => "nothing; the files beside it, which git ignores: see its templates, or publish with `--create-secrets`";

    public void Write(ManifestTree tree, WorkloadModel model)
    {
        var holders = model.Workloads.Where(static workload => workload.HasSecrets && workload.Pod.ExistingSecret is null).ToList();
        foreach (var workload in holders)
        {
            tree.AddText($"{Folder}/{FileName(workload)}.template", SecretFile.Template(workload));
        }

        tree.AddText($"{Folder}/parameters.secrets.template", SecretFile.ParametersTemplate(model));
        tree.Add($"{Folder}/kustomization.yaml", new Kustomization
        {
            Kind = "Component",
            SecretGenerator = [.. holders.Select(workload => new KustomizeGenerator(ObjectNames.Secrets(workload), metadata.Namespace)
            {
                Envs = [FileName(workload)],
                Options = metadata.GeneratorOptions(workload.Name),
            })],
        });
    }

    public static string FileName(Workload workload) => $"{workload.Name}.secrets";
}
