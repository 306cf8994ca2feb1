using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Backups;

/// <summary>What the backup and restore jobs run, with the tools of the server's own image. POSIX shell; tested on a real PostgreSQL.</summary>
internal static class BackupScripts
{
    public const string Folder = "/backups";

    /// <summary>A dump counts only when it is whole and can be read back.</summary>
    public static WorkloadFile Backup { get; } = new("/etc/capibara6/backup.sh", EmbeddedText.Read("Publishing.Backups.backup.sh"));

    /// <summary>
    /// Fills a new database and only then changes names, so that a dump that fails half-way costs nothing and the data that was
    /// there stays under another name.
    /// </summary>
    public static WorkloadFile Restore { get; } = new("/etc/capibara6/restore.sh", EmbeddedText.Read("Publishing.Backups.restore.sh"));
}
