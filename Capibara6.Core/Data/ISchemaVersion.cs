namespace Capibara6.Core.Data;

/// <summary>Whether the database's schema fits this build.</summary>
public interface ISchemaVersion
{
    /// <summary>
    /// Fits when every migration that this build knows has been applied. Migrations only add, so an older build fits a
    /// newer schema too. Throws what the database throws when it can't be asked.
    /// </summary>
    Task<SchemaState> CheckAsync(CancellationToken cancellationToken);
}

/// <param name="Missing">Migrations of this build that the database lacks, oldest first; empty when the schema fits.</param>
public sealed record SchemaState(IReadOnlyList<string> Missing)
{
    public bool Fits => Missing.Count == 0;
}
