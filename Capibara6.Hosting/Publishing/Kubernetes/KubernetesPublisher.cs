using Capibara6.Hosting.Publishing.Kubernetes.Components;
using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>Writes a kustomize tree: <c>kubectl apply -k</c> of its root is production.</summary>
internal sealed class KubernetesPublisher : IPublisher
{
    private const string SecretsExtension = ".secrets";

    public string Name => "kubernetes";
    public string DefaultOutputPath => "../aspirate-output";

    public bool Keeps(string relativePath) => relativePath.EndsWith(SecretsExtension, StringComparison.Ordinal);

    public async Task PublishAsync(DistributedApplicationModel model, PublishingTarget target, CancellationToken cancellationToken)
    {
        var options = WorkloadModelFactory.Options<PublishOptions>(target, PublishOptions.SectionName);
        var kubernetes = WorkloadModelFactory.Options<KubernetesOptions>(target, KubernetesOptions.SectionName);
        var workloads = await WorkloadModelFactory.ReadAsync(model, target, options, cancellationToken);
        CheckContact(workloads, kubernetes);
        var tree = KubernetesManifests.Create(workloads, kubernetes);
        await PublishedFiles.WriteAsync(target.Path, tree.Files, cancellationToken);
        PublishedFiles.WarnOfScratch(workloads, target);
        PublishedFiles.WarnOfTags(workloads.Workloads.Select(static workload => workload.Image), target);

        if (options.CreateSecrets)
        {
            await CreateSecretsAsync(workloads, target, cancellationToken);
        }
    }

    /// <summary>A real domain needs somebody whom the certificates' authority can warn; the usual one is nobody.</summary>
    private static void CheckContact(WorkloadModel model, KubernetesOptions options)
    {
        const string Nobody = ".example";
        if (options.CertificateEmail.EndsWith(Nobody, StringComparison.Ordinal)
            && model.Published.FirstOrDefault(static workload => !workload.PublicName!.Domain.EndsWith(Nobody, StringComparison.Ordinal)) is { } published)
        {
            throw new DistributedApplicationException(
                $"Certificates for {published.PublicName!.Host} need a contact; give --Publishing:Kubernetes:CertificateEmail=ops@{published.PublicName.Domain}.");
        }
    }

    private static async Task CreateSecretsAsync(WorkloadModel workloads, PublishingTarget target, CancellationToken cancellationToken)
    {
        var kept = await PublishedFiles.ReadSecretsAsync(Path.Combine(target.FinalPath, SecretFilesComponent.Folder), cancellationToken);
        var values = DeploymentSecrets.Resolve(workloads, kept, target.Services.GetRequiredService<IConfiguration>());
        var folder = Path.Combine(target.Path, SecretFilesComponent.Folder);
        SecretText.Write(Path.Combine(folder, SecretFile.ParametersFile), SecretFile.Parameters(values));
        foreach (var workload in workloads.Workloads.Where(static workload => workload.HasSecrets && workload.Pod.ExistingSecret is null))
        {
            SecretText.Write(Path.Combine(folder, SecretFilesComponent.FileName(workload)), SecretFile.Content(workload, values));
        }

        PublishingFilesLog.SecretsCreated(target.Logger, Path.Combine(target.FinalPath, SecretFilesComponent.Folder));
    }
}
