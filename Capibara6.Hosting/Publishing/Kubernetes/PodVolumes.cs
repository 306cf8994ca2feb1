using Capibara6.Hosting.Deployment;
using Capibara6.Hosting.Publishing.Workloads;
using k8s.Models;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>The volumes of a pod and where its container mounts them. The root file system is read-only, so every writable place is here.</summary>
internal static class PodVolumes
{
    /// <summary>Where processes of a server share memory; runtimes give 64 MB, which parallel queries outgrow.</summary>
    public const string SharedMemory = "/dev/shm";

    private const string SharedMemorySize = "256Mi";
    private const string FilesVolume = "files";
    private const string SecretsVolume = "secrets";

    public static IEnumerable<V1Volume> Of(Workload workload)
    {
        foreach (var (name, target, size) in Scratch(workload))
        {
            var source = target == SharedMemory
                ? new V1EmptyDirVolumeSource { Medium = "Memory", SizeLimit = new ResourceQuantity(SharedMemorySize) }
                : new V1EmptyDirVolumeSource { SizeLimit = new ResourceQuantity(size) };
            yield return new V1Volume { Name = name, EmptyDir = source };
        }

        if (workload.Files.Count > 0)
        {
            yield return new V1Volume { Name = FilesVolume, ConfigMap = new V1ConfigMapVolumeSource { Name = ObjectNames.Files(workload) } };
        }

        if (workload.HasSecrets)
        {
            yield return new V1Volume
            {
                Name = SecretsVolume,
                // 0440 in octal: the group is the pod's own.
                Secret = new V1SecretVolumeSource { SecretName = ObjectNames.Secrets(workload), DefaultMode = 288 },
            };
        }

        // A StatefulSet's named volumes come from its claim templates.
        foreach (var volume in workload.Volumes.Where(volume => volume.Name is not null && !workload.IsStateful))
        {
            yield return new V1Volume
            {
                Name = volume.Name,
                PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = volume.Name },
            };
        }
    }

    public static IEnumerable<V1VolumeMount> MountsOf(Workload workload)
    {
        foreach (var (name, target, _) in Scratch(workload))
        {
            yield return new V1VolumeMount { Name = name, MountPath = target };
        }

        foreach (var file in workload.Files)
        {
            yield return new V1VolumeMount
            {
                Name = FilesVolume,
                MountPath = file.Path,
                SubPath = file.Key,
                ReadOnlyProperty = true,
            };
        }

        if (workload.HasSecrets)
        {
            yield return new V1VolumeMount { Name = SecretsVolume, MountPath = "/run/secrets", ReadOnlyProperty = true };
        }

        foreach (var volume in workload.Volumes.Where(static volume => volume.Name is not null))
        {
            yield return new V1VolumeMount { Name = volume.Name, MountPath = volume.Target };
        }
    }

    private static IEnumerable<(string Name, string Target, string Size)> Scratch(Workload workload)
    {
        // Who asks for more disk than usual writes more temporary files than usual.
        var disk = workload.Resources.EphemeralStorage;
        yield return ("tmp", "/tmp", disk == ComputeResourcesAnnotation.Default.EphemeralStorage ? "128Mi" : disk);
        foreach (var volume in workload.Volumes.Where(static volume => volume.Name is null))
        {
            yield return ($"scratch{volume.Target.Replace('/', '-')}", volume.Target, volume.ScratchSize);
        }
    }
}
