using System.Security.Cryptography;
using Capibara6.Hosting.Publishing.Workloads;
using k8s;
using k8s.Models;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>The object that runs a workload: a Deployment, a StatefulSet where it has data, a Job or a CronJob.</summary>
internal sealed class WorkloadMapping(ObjectMetadata metadata, PodMapping pods)
{
    public (string FileName, object Document) Map(Workload workload) => workload switch
    {
        { Kind: WorkloadKind.Job } => ("job.yaml", Job(workload)),
        { Kind: WorkloadKind.ScheduledJob } => ("cronjob.yaml", CronJob(workload)),
        { IsStateful: true } => ("statefulset.yaml", StatefulSet(workload)),
        _ => ("deployment.yaml", Deployment(workload)),
    };

    private V1Deployment Deployment(Workload workload) => new()
    {
        Metadata = metadata.For(workload.Name),
        Spec = new V1DeploymentSpec
        {
            // An autoscaler owns the number; writing it here would reset it at every apply.
            Replicas = workload.IsScaled ? null : workload.Replicas,
            RevisionHistoryLimit = 5,
            ProgressDeadlineSeconds = 300,
            Selector = Selector(workload),
            Strategy = new V1DeploymentStrategy
            {
                Type = "RollingUpdate",
                RollingUpdate = new V1RollingUpdateDeployment { MaxUnavailable = 0, MaxSurge = 1 },
            },
            Template = pods.Map(workload),
        },
    };

    private V1StatefulSet StatefulSet(Workload workload) => new()
    {
        Metadata = metadata.For(workload.Name),
        Spec = new V1StatefulSetSpec
        {
            ServiceName = workload.Name,
            Replicas = workload.Replicas,
            RevisionHistoryLimit = 5,
            Selector = Selector(workload),
            PersistentVolumeClaimRetentionPolicy = new V1StatefulSetPersistentVolumeClaimRetentionPolicy
            {
                WhenDeleted = "Retain",
                WhenScaled = "Retain",
            },
            Template = pods.Map(workload),
            VolumeClaimTemplates = [.. NamedVolumes(workload).Select(name => new V1PersistentVolumeClaim
            {
                Metadata = new V1ObjectMeta { Name = name, Labels = metadata.Labels(workload.Name) },
                Spec = ClaimSpec(workload),
            })],
        },
    };

    private V1Job Job(Workload workload)
    {
        var template = pods.Map(workload);
        return new V1Job
        {
            // A Job can't be changed: what changes its template, by the hashes in the names of its settings too, needs a new name.
            Metadata = metadata.For($"{workload.Name}-{Fingerprint(workload, template)}", workload.Name),
            // Gone soon, lest it stand in the way of one that an overlay changed without changing its name.
            Spec = JobSpec(template, backoffLimit: 6, deadlineSeconds: 900, keepSeconds: 600),
        };
    }

    private V1CronJob CronJob(Workload workload) => new()
    {
        Metadata = metadata.For(workload.Name),
        Spec = new V1CronJobSpec
        {
            Schedule = workload.Schedule,
            TimeZone = "Etc/UTC",
            Suspend = workload.IsSuspended,
            ConcurrencyPolicy = "Forbid",
            StartingDeadlineSeconds = 3600,
            SuccessfulJobsHistoryLimit = 3,
            FailedJobsHistoryLimit = 3,
            JobTemplate = new V1JobTemplateSpec
            {
                Metadata = new V1ObjectMeta { Labels = metadata.Labels(workload.Name) },
                Spec = JobSpec(pods.Map(workload), backoffLimit: 2, deadlineSeconds: 4 * 3600, keepSeconds: null),
            },
        },
    };

    /// <param name="keepSeconds">How long it stays after its end; null where a CronJob's history says it.</param>
    private static V1JobSpec JobSpec(V1PodTemplateSpec template, int backoffLimit, int deadlineSeconds, int? keepSeconds) => new()
    {
        BackoffLimit = backoffLimit,
        ActiveDeadlineSeconds = deadlineSeconds,
        TtlSecondsAfterFinished = keepSeconds,
        Template = template,
    };

    /// <summary>Claims of jobs; a StatefulSet makes its own, and a suspended job uses that of the scheduled one.</summary>
    public IEnumerable<V1PersistentVolumeClaim> Claims(Workload workload) => workload.IsStateful || workload.IsSuspended
        ? []
        : NamedVolumes(workload).Select(name => new V1PersistentVolumeClaim
        {
            Metadata = metadata.For(name, workload.Name),
            Spec = ClaimSpec(workload),
        });

    private static V1PersistentVolumeClaimSpec ClaimSpec(Workload workload) => new()
    {
        AccessModes = ["ReadWriteOnce"],
        StorageClassName = workload.Pod.StorageClass,
        Resources = new V1VolumeResourceRequirements
        {
            Requests = new Dictionary<string, ResourceQuantity> { ["storage"] = new ResourceQuantity(workload.VolumeSize) },
        },
    };

    private static IEnumerable<string> NamedVolumes(Workload workload) =>
        workload.Volumes.Select(static volume => volume.Name).OfType<string>();

    private static V1LabelSelector Selector(Workload workload) => new() { MatchLabels = ObjectMetadata.Selector(workload.Name) };

    private static string Fingerprint(Workload workload, V1PodTemplateSpec template)
    {
        var text = new StringBuilder(KubernetesYaml.Serialize(template));
        foreach (var setting in workload.Settings)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{setting.Name}={setting.Value.Render(static parameter => parameter.Name)}");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..8];
    }
}
