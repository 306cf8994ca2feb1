using System.Net.Sockets;
using Npgsql;

namespace Capibara6.Core.Data;

/// <summary>Tells a database that is away from a statement that is wrong.</summary>
internal static class DatabaseFaults
{
    /// <summary>True when another moment may do: the server can't be reached, or the worker has not migrated it yet: services start beside it.</summary>
    public static bool IsAway(Exception exception) => IsUnreachable(exception) || IsNotMigrated(exception);

    /// <summary>No connection, a server that starts or stops, a command that took too long.</summary>
    public static bool IsUnreachable(Exception exception) => exception switch
    {
        // The server is there and said no. Class 57P is about its starting and stopping, 08 about connections, 53 about resources.
        PostgresException postgres => postgres.SqlState.StartsWith("57P", StringComparison.Ordinal)
            || postgres.SqlState.StartsWith("08", StringComparison.Ordinal)
            || postgres.SqlState.StartsWith("53", StringComparison.Ordinal)
            || postgres.SqlState is PostgresErrorCodes.InvalidCatalogName,
        NpgsqlException or SocketException or TimeoutException => true,
        { InnerException: { } inner } => IsUnreachable(inner),
        _ => false,
    };

    private static bool IsNotMigrated(Exception exception) =>
        exception.GetBaseException() is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn };

    /// <summary>True when the server ended the statement for another's sake, and it may be repeated at once.</summary>
    public static bool IsConflict(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };
}
