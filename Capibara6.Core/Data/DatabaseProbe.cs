using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Capibara6.Core.Data;

/// <summary>Asks the main database once a second whether it is there, so that no query has to find out by waiting.</summary>
internal sealed class DatabaseProbe(
    [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource,
    DatabaseAvailability availability,
    TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan s_cadence = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_secondLook = TimeSpan.FromMilliseconds(250);

    /// <summary>Looks once, and a second time before it calls the database away: a single slow answer is no outage.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        if (await AskAsync(cancellationToken) is null)
        {
            availability.ReportAnswer();
            return;
        }

        await Task.Delay(s_secondLook, time, cancellationToken);
        if (await AskAsync(cancellationToken) is { } reason)
        {
            availability.ReportAway(reason);
        }
        else
        {
            availability.ReportAnswer();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_cadence, time);
        do
        {
            await LookAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Null when it answered, else why not.</summary>
    private async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(s_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            // Npgsql spends seconds on telling a server that hangs that it need not answer any more; nobody waits for that here.
            // A server that only reads, such as a standby after a failover, answers and can't be used.
            return await IsReadOnlyAsync(either.Token).WaitAsync(either.Token) ? "it takes no writes" : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "no answer in time";
        }
        catch (Exception exception) when (exception is NpgsqlException or SocketException or TimeoutException)
        {
            // Also what is no outage of the server, such as a password that was changed: it can't be used, and may heal.
            return exception is PostgresException postgres ? $"SQLSTATE {postgres.SqlState}" : exception.GetBaseException().GetType().Name;
        }
    }

    private async Task<bool> IsReadOnlyAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT current_setting('transaction_read_only') = 'on'");
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }
}
