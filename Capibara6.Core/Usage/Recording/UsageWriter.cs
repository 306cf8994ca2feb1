using Capibara6.Core.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Capibara6.Core.Usage;

/// <summary>
/// Writes records down in the background, many to a statement. While the database is away they wait in the spool; on a graceful stop
/// what is left is written first, and what can't be stays for the next start.
/// </summary>
internal sealed class UsageWriter(
    UsageSpool spool,
    [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource,
    DatabaseAvailability availability,
    IOptions<UsageOptions> options,
    TimeProvider time,
    ILogger<UsageWriter> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan s_retryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_adoptionPeriod = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _giveUp = new();
    private Task _writing = Task.CompletedTask;
    private volatile bool _isDisposed;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _writing = Task.Run(() => WriteAllAsync(_giveUp.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // A host that is disposed of twice stops its services again.
        if (_isDisposed)
        {
            return;
        }

        await _stop.CancelAsync();
        try
        {
            await _writing.WaitAsync(options.Value.ShutdownPatience, time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            await _giveUp.CancelAsync();
            await _writing;
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        _stop.Dispose();
        _giveUp.Dispose();
    }

    private async Task WriteAllAsync(CancellationToken giveUp)
    {
        try
        {
            spool.Adopt();
            var adopted = time.GetTimestamp();
            while (true)
            {
                await WriteWhatIsThereAsync(giveUp);
                if (_stop.IsCancellationRequested)
                {
                    return;
                }

                await RestAsync();
                if (time.GetElapsedTime(adopted) >= s_adoptionPeriod)
                {
                    adopted = time.GetTimestamp();
                    spool.Adopt();
                }
            }
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            // The spool says what stays.
        }
    }

    /// <summary>Waits for records, and then a moment more: that makes one statement of a burst.</summary>
    private async Task RestAsync()
    {
        try
        {
            await spool.WaitAsync(s_adoptionPeriod, _stop.Token);
            await Task.Delay(options.Value.FlushInterval, time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Asked to stop: what is there is written at once.
        }
    }

    private async Task WriteWhatIsThereAsync(CancellationToken giveUp)
    {
        while (spool.Read(options.Value.BatchSize) is { Records.Count: > 0 } portion)
        {
            await WriteAsync(portion.Records, giveUp);
            portion.Done();
        }
    }

    private async Task WriteAsync(List<UsageRecord> records, CancellationToken giveUp)
    {
        while (true)
        {
            try
            {
                await UsageStatement.InsertAsync(dataSource, records, giveUp);
                availability.ReportAnswer();
                UsageTelemetry.Written(records.Count);
                return;
            }
            catch (PostgresException exception) when (exception.SqlState.StartsWith("22", StringComparison.Ordinal))
            {
                await WriteOneByOneAsync(records, exception.SqlState, giveUp);
                return;
            }
            catch (Exception exception) when (DatabaseFaults.IsUnreachable(exception))
            {
                availability.ReportAway(exception.GetBaseException().GetType().Name);
            }
            catch (PostgresException exception)
            {
                // Until the worker has migrated the table isn't there; anything else heals no better by haste.
                UsageLog.Waiting(logger, exception.SqlState);
            }

            await Task.Delay(s_retryDelay, time, giveUp);
        }
    }

    /// <summary>A value that no column can take stays wrong; it must not hold up, or take with it, any other.</summary>
    private async Task WriteOneByOneAsync(List<UsageRecord> records, string sqlState, CancellationToken giveUp)
    {
        if (records.Count == 1)
        {
            UsageLog.WriteFailed(logger, 1, sqlState);
            UsageTelemetry.Lost(1);
            return;
        }

        foreach (var record in records)
        {
            await WriteAsync([record], giveUp);
        }
    }
}
