using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>
/// PostgreSQL's images expect to start as root or as their own user. Under an identity of ours and a read-only root they need a
/// name for it (initdb refuses a user without one), a data folder below the volume's mount (the mount itself belongs to root),
/// and a place for the socket.
/// </summary>
internal static class RestrictedPostgres
{
    public static Workload Adapt(Workload workload) => workload switch
    {
        { Server: ServerKind.Postgres } => workload with
        {
            Settings = [.. workload.Settings
                .Append(new Setting("PGDATA", ValueText.Of($"{workload.Volumes.FirstOrDefault(static volume => volume.Name is not null)?.Target ?? "/var/lib/postgresql"}/pgdata")))
                .OrderBy(static setting => setting.Name, StringComparer.Ordinal)],
            Volumes = [.. workload.Volumes, new WorkloadVolume(null, PodVolumes.SharedMemory), new WorkloadVolume(null, "/var/run/postgresql")],
            Files = [.. workload.Files, s_users],
        },
        _ => workload,
    };

    private static readonly WorkloadFile s_users = new(
        "/etc/passwd",
        "root:x:0:0:root:/root:/sbin/nologin\npostgres:x:10001:10001:PostgreSQL:/tmp:/bin/sh\n") { Key = "users" };
}
