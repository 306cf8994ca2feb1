using System.Net.Sockets;
using Npgsql;

namespace Capibara6.Core.Data;

/// <summary>
/// Tells a database that can't do its work from a statement that is wrong: the one table of PostgreSQL's error codes
/// (https://www.postgresql.org/docs/current/errcodes-appendix.html) for all who ask it.
/// </summary>
public static class DatabaseFaults
{
    /// <summary>What a use case that needs the database says while it can't be used.</summary>
    public static Failure Unavailable { get; } = new(
        FailureCodes.DatabaseUnavailable, FailureKind.Unavailable, "The database is away for the moment; please try again shortly.")
    {
        RetryAfter = TimeSpan.FromSeconds(5),
    };

    /// <summary>
    /// True when the same statement may succeed at another moment: the server can't be reached or used, ended the statement for its own or
    /// another's sake, or its schema doesn't fit (the worker has not migrated it yet, or a newer build has).
    /// </summary>
    public static bool IsAway(Exception exception) => IsUnreachable(exception) || StateOf(exception) is { } state && ClassOf(state) switch
    {
        // Another transaction was in the way; the server is broken inside.
        "40" or "XX" => true,
        _ => state is PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.InsufficientPrivilege
            or PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn,
    };

    /// <summary>True when the server itself is the trouble, whatever it is asked: no connection, a start or a stop, no log-in, no room, no writes.</summary>
    public static bool IsUnreachable(Exception exception) => StateOf(exception) is { } state
        ? ClassOf(state) is "08" or "28" or "53" or "58" || state.StartsWith("57P", StringComparison.Ordinal)
            || state is PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.ReadOnlySqlTransaction
        : IsOfTheWay(exception);

    /// <summary>As <see cref="IsAway"/>, where anything may have been thrown: only what the database's driver threw counts.</summary>
    public static bool IsCauseOf(Exception exception) => Chain(exception).Any(static one => one is NpgsqlException) && IsAway(exception);

    /// <summary>True when the server ended the statement for another's sake, and it may be repeated at once.</summary>
    public static bool IsConflict(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    // The driver's own exceptions are about connections and their pool, and about waiting.
    private static bool IsOfTheWay(Exception exception) =>
        Chain(exception).Any(static one => one is NpgsqlException or SocketException or TimeoutException);

    /// <summary>Null when the server has not answered.</summary>
    private static string? StateOf(Exception exception) => Chain(exception).OfType<PostgresException>().FirstOrDefault()?.SqlState;

    private static string ClassOf(string state) => state.Length < 2 ? state : state[..2];

    private static IEnumerable<Exception> Chain(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            yield return exception;
        }
    }
}
