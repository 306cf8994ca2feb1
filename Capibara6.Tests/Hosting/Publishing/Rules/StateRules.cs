using k8s.Models;

namespace Capibara6.Tests.Hosting.Publishing.Rules;

/// <summary>Data stays, is backed up, and is migrated.</summary>
internal static class StateRules
{
    public static IEnumerable<ManifestRule> All =>
    [
        new("data stays when its server goes", static set => set.Of<V1StatefulSet>()
            .Where(static item => item.Spec.PersistentVolumeClaimRetentionPolicy is not { WhenDeleted: "Retain", WhenScaled: "Retain" }
                || !item.Spec.VolumeClaimTemplates.Any()
                || item.Spec.VolumeClaimTemplates.Any(static claim => !claim.Spec.Resources.Requests.ContainsKey("storage")))
            .Select(static item => item.Metadata.Name)),
        new("servers have a headless service", static set => set.Of<V1StatefulSet>()
            .Where(item => !set.Of<V1Service>().Any(service => service.Metadata.Name == item.Spec.ServiceName && service.Spec.ClusterIP == "None"))
            .Select(static item => item.Metadata.Name)),
        new("claims exist", static set => set.Pods.SelectMany(static pods => pods.Spec.Volumes)
            .Select(static volume => volume.PersistentVolumeClaim?.ClaimName).OfType<string>()
            .Where(name => !set.Of<V1PersistentVolumeClaim>().Any(claim => claim.Metadata.Name == name))),
        new("mounts have a volume", static set => set.Containers.SelectMany(static item => item.Container.VolumeMounts, static (item, mount) => (item.Pods, mount.Name))
            .Where(static item => item.Pods.Spec.Volumes.All(volume => volume.Name != item.Name)
                && !(item.Pods.Owner is V1StatefulSet set && set.Spec.VolumeClaimTemplates.Any(claim => claim.Metadata.Name == item.Name)))
            .Select(static item => $"{item.Pods} {item.Name}")),
        new("migrations end", static set => set.Of<V1Job>().Where(static item => item.Metadata.Name.Contains("migrations", StringComparison.Ordinal)).ToList() is { Count: > 0 } jobs
            ? jobs.Where(static item => item.Spec is not { BackoffLimit: > 0, ActiveDeadlineSeconds: > 0, TtlSecondsAfterFinished: > 0 }).Select(static item => item.Metadata.Name)
            : ["no migrations"]),
        new("databases are backed up", static set => new[] { "postgres", "timescaledb" }
            .Where(server => !set.Of<V1CronJob>().Any(item => item.Metadata.Name == $"{server}-backup" && item.Spec is
            {
                Suspend: not true, ConcurrencyPolicy: "Forbid", StartingDeadlineSeconds: > 0, FailedJobsHistoryLimit: not null,
                JobTemplate.Spec: { ActiveDeadlineSeconds: > 0, BackoffLimit: not null },
            }))),
        new("restores run only by hand", static set => set.Of<V1CronJob>()
            .Where(static item => item.Metadata.Name.EndsWith("-restore", StringComparison.Ordinal) && item.Spec.Suspend != true).Select(static item => item.Metadata.Name)),
    ];
}
