using Capibara6.Hosting.Deployment;
using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>
/// Images of servers expect to start as root or as their own user. Under an identity of ours and a read-only root some need a name for
/// it, a data folder below the volume's mount (the mount itself belongs to root), and places for sockets and shared memory.
/// </summary>
internal static class RestrictedServer
{
    public static Workload Adapt(Workload workload)
    {
        var server = workload.Server;
        var adapted = workload with
        {
            Volumes =
            [
                .. workload.Volumes,
                .. server.SharesMemory ? [new WorkloadVolume(null, PodVolumes.SharedMemory)] : (WorkloadVolume[])[],
                .. server.WritableFolders.Select(static folder => new WorkloadVolume(null, folder)),
            ],
        };
        if (server.DataFolderVariable is { } variable)
        {
            var data = workload.Volumes is [var first, ..] ? first : new WorkloadVolume(null, "/data");
            adapted = adapted with
            {
                Volumes = workload.Volumes.Contains(data) ? adapted.Volumes : [data, .. adapted.Volumes],
                Settings = [.. adapted.Settings
                    .Append(new Setting(variable, ValueText.Of($"{data.Target}/{variable.ToLowerInvariant()}")))
                    .OrderBy(static setting => setting.Name, StringComparer.Ordinal)],
            };
        }

        return server.AccountName is { } name ? adapted with { Files = [.. adapted.Files, Users(name, workload.Pod.User ?? PodAnnotation.DefaultUser)] } : adapted;
    }

    private static WorkloadFile Users(string name, long user) => new(
        "/etc/passwd",
        $"root:x:0:0:root:/root:/sbin/nologin\n{name}:x:{user}:{user}:{name}:/tmp:/bin/sh\n") { Key = "users" };
}
