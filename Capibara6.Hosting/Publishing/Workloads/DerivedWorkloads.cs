using Capibara6.Hosting.Deployment;
using Capibara6.Hosting.Publishing.Backups;

namespace Capibara6.Hosting.Publishing.Workloads;

/// <summary>Jobs that the model states as a property of something else: migrations of a project, backups of a server.</summary>
internal static class DerivedWorkloads
{
    private const string BackupVolumeSuffix = "-backups";

    public static IEnumerable<Workload> Of(Workload owner, IResource resource)
    {
        if (resource.TryGetLastAnnotation<MigrationsAnnotation>(out var migrations))
        {
            yield return Migrations(owner, migrations);
        }

        if (resource.TryGetLastAnnotation<BackupsAnnotation>(out var backups))
        {
            var backup = Backup(owner, backups);
            yield return backup;
            yield return Restore(backup);
        }
    }

    /// <summary>Services that use the migrated databases wait until the migrations are done.</summary>
    public static IReadOnlyList<Workload> WaitForMigrations(IReadOnlyList<Workload> workloads)
    {
        var jobs = workloads.Where(static workload => workload.Kind == WorkloadKind.Job).ToList();
        return [.. workloads.Select(workload => !workload.IsProject || workload.Kind != WorkloadKind.Service
            ? workload
            : workload with
            {
                WaitsFor = [.. workload.WaitsFor, .. jobs
                    .Where(job => job.Connections.Intersect(workload.Connections).Any(way => IsDatabase(workloads, way)))
                    .Select(static job => job.Name)],
            })];
    }

    private static bool IsDatabase(IReadOnlyList<Workload> workloads, Connection way) =>
        workloads.Any(workload => workload.Name == way.To && workload.Server.Databases.Count > 0);

    private static Workload Migrations(Workload owner, MigrationsAnnotation migrations) => owner with
    {
        Name = $"{owner.Name}-migrations",
        Kind = WorkloadKind.Job,
        Args = migrations.Args,
        Ports = [],
        Replicas = 1,
        Autoscaling = null,
        QueueAutoscaling = null,
        PublicName = null,
        OutboundPorts = [],
    };

    private static Workload Backup(Workload server, BackupsAnnotation backups)
    {
        Setting Plain(string name, string value) => new(name, ValueText.Of(value));
        var user = server.Settings.FirstOrDefault(static setting => setting.Name == "POSTGRES_USER")?.Value ?? ValueText.Of("postgres");
        var password = server.Settings.First(static setting => setting.Name == "POSTGRES_PASSWORD").Value;
        return new Workload
        {
            Name = $"{server.Name}-backup",
            Kind = WorkloadKind.ScheduledJob,
            Schedule = backups.Schedule,
            Image = server.Image,
            Command = ["/bin/sh"],
            Args = [BackupScripts.Backup.Path],
            Settings =
            [
                Plain("BACKUP_DATABASES", string.Join(' ', server.Server.Databases)),
                Plain("BACKUP_FOLDER", BackupScripts.Folder),
                Plain("KEEP_DAYS", backups.KeepDays.ToString(CultureInfo.InvariantCulture)),
                Plain("PGHOST", server.Name),
                new Setting("PGPASSWORD", password),
                Plain("PGPORT", server.Ports[0].Number.ToString(CultureInfo.InvariantCulture)),
                new Setting("PGUSER", user),
            ],
            Volumes = [new WorkloadVolume(server.Name + BackupVolumeSuffix, BackupScripts.Folder)],
            VolumeSize = server.VolumeSize,
            Files = [BackupScripts.Backup],
            Connections = [new Connection(server.Name, server.Ports[0].Number)],
            WaitsFor = [server.Name],
            Resources = new ComputeResourcesAnnotation("100m", "256Mi", null, "512Mi", "256Mi"),
        };
    }

    private static Workload Restore(Workload backup) => backup with
    {
        Name = backup.Name.Replace("-backup", "-restore", StringComparison.Ordinal),
        IsSuspended = true,
        Args = [BackupScripts.Restore.Path],
        Files = [BackupScripts.Restore],
    };
}
