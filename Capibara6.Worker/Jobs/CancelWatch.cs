using System.Data.Common;
using Capibara6.Core.Jobs;
using Microsoft.Extensions.Options;

namespace Capibara6.Worker.Jobs;

/// <summary>
/// Stops what runs here of batches that are cancelled: at once when Redis carries the news, and else at the next look, within a second.
/// The stopped jobs give themselves back, which ends them, as their batch is cancelled.
/// </summary>
internal sealed class CancelWatch(
    IJobQueue queue, IJobSignal signal, HeldJobs held, IOptions<JobRunnerOptions> options, TimeProvider time, ILogger<CancelWatch> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        signal.OnCancelled(held.StopBatch);
        using var timer = new PeriodicTimer(options.Value.CancelInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await LookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        Guid[] batches = [.. held.Jobs.Select(job => job.BatchId).Distinct()];
        if (batches.Length == 0)
        {
            return;
        }

        try
        {
            foreach (var batch in await queue.FindCancelledAsync(batches, cancellationToken))
            {
                held.StopBatch(batch);
            }
        }
        catch (Exception exception) when (exception is DbException or TimeoutException)
        {
            JobRunnerLog.QueueAway(logger, exception.GetBaseException().GetType().Name);
        }
    }
}
