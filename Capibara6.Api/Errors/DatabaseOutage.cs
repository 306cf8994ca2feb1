using System.Net.Sockets;
using Npgsql;

namespace Capibara6.Api.Errors;

/// <summary>Tells an unreachable database from a bug in what we asked of it.</summary>
internal static class DatabaseOutage
{
    public static bool IsCauseOf(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is PostgresException { SqlState: var state })
            {
                return IsOutage(state);
            }

            // Npgsql's own exceptions (not the server's answers) are about the connection or its pool.
            if (exception is NpgsqlException { InnerException: null or IOException or SocketException or TimeoutException })
            {
                return true;
            }
        }

        return false;
    }

    // Class 08: connection; 53: out of resources (too many connections, disk full); 57P0x: shutting down or starting.
    private static bool IsOutage(string state) =>
        state.StartsWith("08", StringComparison.Ordinal)
        || state.StartsWith("53", StringComparison.Ordinal)
        || state is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow;
}
