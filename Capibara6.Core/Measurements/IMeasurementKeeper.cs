namespace Capibara6.Core.Measurements;

/// <summary>The worker's side of measurements: one worker at a time does this. Throws what the databases throw.</summary>
public interface IMeasurementKeeper
{
    /// <summary>Whether there is a database for them; the rest needs one.</summary>
    bool IsConfigured { get; }

    /// <summary>Brings the schema up to this build; under a lock, so of several one does it.</summary>
    Task MigrateAsync(CancellationToken cancellationToken);

    /// <summary>Copies what the main database has gained, each record exactly once, whoever dies half-way.</summary>
    /// <returns>How many were copied.</returns>
    Task<int> FeedAsync(CancellationToken cancellationToken);

    /// <summary>Drops what is past its retention, where the database doesn't do so itself.</summary>
    Task CleanAsync(CancellationToken cancellationToken);
}
