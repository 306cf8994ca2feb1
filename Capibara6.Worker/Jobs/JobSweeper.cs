using System.Data.Common;
using Capibara6.Core.Jobs;
using Capibara6.Worker.Migrations;
using Microsoft.Extensions.Options;

namespace Capibara6.Worker.Jobs;

/// <summary>Brings back the jobs of lost workers now and then. Each worker does it; they don't get in each other's way.</summary>
internal sealed class JobSweeper(
    IJobQueue queue,
    IJobSignal signal,
    MigrationService migrations,
    IOptions<JobRunnerOptions> options,
    TimeProvider time,
    ILogger<JobSweeper> logger) : BackgroundService
{
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            var state = await queue.SweepAsync(cancellationToken);
            JobRunnerTelemetry.Swept(state);
            if (state.TakenBack > 0)
            {
                JobRunnerLog.TakenBack(logger, state.TakenBack);
                await signal.NotifyAsync(cancellationToken);
            }
        }
        catch (Exception exception) when (exception is DbException or TimeoutException)
        {
            JobRunnerLog.QueueAway(logger, exception.GetBaseException().GetType().Name);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await migrations.Done.WaitAsync(stoppingToken);
            using var timer = new PeriodicTimer(options.Value.SweepInterval, time);
            do
            {
                await SweepAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // Asked to stop, or the schema can't be had.
        }
    }
}
