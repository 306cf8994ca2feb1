using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Capibara6.Core.Data;

/// <summary>
/// Refuses to open a connection while the main database is known to be away. Otherwise everything that goes through EF Core would find out
/// for itself, with time-outs and retries that add up to minutes when the server hangs instead of refusing.
/// </summary>
internal sealed class AwayInterceptor(DatabaseAvailability availability) : DbConnectionInterceptor
{
    public override InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result)
    {
        ThrowWhenAway();
        return result;
    }

    public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        ThrowWhenAway();
        return ValueTask.FromResult(result);
    }

    // Npgsql's own exception, so that it counts as an outage wherever outages are told from faults; without a cause, so that nothing retries it.
    private void ThrowWhenAway()
    {
        if (!availability.IsAvailable)
        {
            throw new NpgsqlException("The database is away: the last probe had no answer.");
        }
    }
}
