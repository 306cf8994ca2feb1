namespace Capibara6.Core.Data;

/// <summary>Brings the database's schema up to this build.</summary>
public interface ISchemaMigrator
{
    /// <summary>
    /// Applies what is missing, under a lock of the database, so that of several workers one does it and the others find
    /// it done. Waits for a database that isn't there yet, until cancelled; gives up at once when a migration is wrong.
    /// </summary>
    Task MigrateAsync(CancellationToken cancellationToken);
}
