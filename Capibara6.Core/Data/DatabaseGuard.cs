using System.Net.Sockets;
using Npgsql;

namespace Capibara6.Core.Data;

/// <summary>Runs a use case's statements so that a database that is away is a clear failure, and a quick one.</summary>
internal sealed class DatabaseGuard(DatabaseAvailability availability, TimeProvider time)
{
    /// <summary>Far above what any of these statements takes on a busy server.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    public async Task<Outcome<T>> RunAsync<T>(Func<CancellationToken, Task<Outcome<T>>> work, CancellationToken cancellationToken, TimeSpan? patience = null)
    {
        if (!availability.IsAvailable)
        {
            return DatabaseFaults.Unavailable;
        }

        using var timeout = new CancellationTokenSource(patience ?? s_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await work(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return DatabaseFaults.Unavailable;
        }
        catch (Exception exception) when (DatabaseFaults.IsAway(exception))
        {
            Report(exception);
            return DatabaseFaults.Unavailable;
        }
    }

    /// <summary>A lost connection speaks for the whole server; a slow statement or a full pool does not.</summary>
    public void Report(Exception exception)
    {
        if (exception is PostgresException ? DatabaseFaults.IsUnreachable(exception) : exception is NpgsqlException { InnerException: SocketException or IOException } or SocketException)
        {
            availability.ReportAway(exception is PostgresException postgres ? $"SQLSTATE {postgres.SqlState}" : exception.GetBaseException().GetType().Name);
        }
    }
}
