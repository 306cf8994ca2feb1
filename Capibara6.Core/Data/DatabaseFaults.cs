using System.Net.Sockets;
using Npgsql;

namespace Capibara6.Core.Data;

/// <summary>Tells a database that is away from a statement that is wrong.</summary>
internal static class DatabaseFaults
{
    /// <summary>True when another moment may do: no connection, a server that starts or stops, a command that took too long.</summary>
    public static bool IsAway(Exception exception) => exception switch
    {
        // The server is there and said no. Class 57P is about its starting and stopping, 08 about connections, 53 about resources.
        PostgresException postgres => postgres.SqlState.StartsWith("57P", StringComparison.Ordinal)
            || postgres.SqlState.StartsWith("08", StringComparison.Ordinal)
            || postgres.SqlState.StartsWith("53", StringComparison.Ordinal)
            // A database, or a table in it, that is still to be made: the worker migrates while the others have started.
            || postgres.SqlState is PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.UndefinedTable,
        NpgsqlException or SocketException or TimeoutException => true,
        { InnerException: { } inner } => IsAway(inner),
        _ => false,
    };

    /// <summary>
    /// True also while a table is missing: services start beside the worker that makes it. For work in the background, which
    /// comes round again; a migration that misses a table is wrong.
    /// </summary>
    public static bool IsNotReady(Exception exception) =>
        IsAway(exception) || exception.GetBaseException() is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable };

    /// <summary>True when the server ended the statement for another's sake, and it may be repeated at once.</summary>
    public static bool IsConflict(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };
}
