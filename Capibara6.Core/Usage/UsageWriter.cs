using Capibara6.Core.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Capibara6.Core.Usage;

/// <summary>
/// Writes answered queries down in the background, many to a statement. While the database is away they wait in the queue;
/// on a graceful stop what is left is written first.
/// </summary>
internal sealed class UsageWriter(
    UsageQueue queue,
    [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource,
    DatabaseAvailability availability,
    IOptions<UsageOptions> options,
    TimeProvider time,
    ILogger<UsageWriter> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan s_retryDelay = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _giveUp = new();
    private Task _writing = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _writing = Task.Run(() => WriteAllAsync(_giveUp.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Close();
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

    public void Dispose() => _giveUp.Dispose();

    private async Task WriteAllAsync(CancellationToken giveUp)
    {
        var rows = new List<AnsweredQuery>(options.Value.BatchSize);
        try
        {
            while (await queue.Reader.WaitToReadAsync(giveUp))
            {
                await GatherAsync(rows, giveUp);
                await WriteAsync(rows, giveUp);
                rows.Clear();
            }
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            var lost = rows.Count + queue.Reader.Count;
            UsageQueue.CountLost(lost);
            UsageLog.Lost(logger, lost);
        }
    }

    private async Task GatherAsync(List<AnsweredQuery> rows, CancellationToken giveUp)
    {
        // A moment's patience makes one statement of a burst. A closed queue has nothing more to wait for.
        if (queue.Reader.Count < options.Value.BatchSize && !queue.Closed.IsCompleted)
        {
            await Task.WhenAny(queue.Closed, Task.Delay(options.Value.FlushInterval, time, giveUp));
        }

        while (rows.Count < options.Value.BatchSize && queue.Reader.TryRead(out var row))
        {
            rows.Add(row);
        }
    }

    private async Task WriteAsync(List<AnsweredQuery> rows, CancellationToken giveUp)
    {
        while (rows.Count > 0)
        {
            try
            {
                await UsageStatement.InsertAsync(dataSource, rows, giveUp);
                availability.ReportAnswer();
                return;
            }
            catch (Exception exception) when (DatabaseFaults.IsUnreachable(exception))
            {
                availability.ReportAway(exception.GetBaseException().GetType().Name);
            }
            catch (PostgresException exception) when (exception.SqlState.StartsWith("22", StringComparison.Ordinal))
            {
                // A value that no column can take stays wrong; it must not hold up all that come after.
                UsageLog.WriteFailed(logger, rows.Count, exception.SqlState);
                UsageLog.Lost(logger, rows.Count);
                UsageQueue.CountLost(rows.Count);
                return;
            }
            catch (PostgresException exception)
            {
                // Until the worker has migrated the table isn't there; anything else heals no better by haste.
                UsageLog.WriteFailed(logger, rows.Count, exception.SqlState);
            }

            await Task.Delay(s_retryDelay, time, giveUp);
        }
    }
}
