using System.Data.Common;
using Capibara6.Core.Jobs;
using Capibara6.Worker.Migrations;
using Microsoft.Extensions.Options;

namespace Capibara6.Worker.Jobs;

/// <summary>
/// Claims jobs as slots become free and runs them side by side. Asked to stop, it claims nothing more, lets what runs end, and
/// gives back what doesn't end in time.
/// </summary>
internal sealed class JobRunner(
    IJobQueue queue,
    IJobSignal signal,
    JobRun run,
    MigrationService migrations,
    IOptions<JobRunnerOptions> options,
    TimeProvider time,
    ILogger<JobRunner> logger) : BackgroundService
{
    private static readonly TimeSpan s_retryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_gathering = TimeSpan.FromMilliseconds(5);

    private readonly SemaphoreSlim _slots = new(options.Value.Concurrency);

    public override void Dispose()
    {
        _slots.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await migrations.Done.WaitAsync(stoppingToken);
            JobRunnerLog.Started(logger, options.Value.Concurrency);
            while (true)
            {
                if (!await ClaimAsync(stoppingToken))
                {
                    await signal.WaitAsync(options.Value.PollInterval, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Asked to stop, or the schema can't be had.
        }

        await DrainAsync();
    }

    /// <summary>Waits for a free slot, and fills the free ones. False when there was nothing to claim.</summary>
    private async Task<bool> ClaimAsync(CancellationToken stoppingToken)
    {
        await _slots.WaitAsync(stoppingToken);
        if (_slots.CurrentCount < options.Value.Concurrency / 2)
        {
            // A busy worker's slots come free one by one: a moment's patience makes one claim of many.
            await GatherAsync(stoppingToken);
        }

        var free = 1;
        while (_slots.Wait(0, CancellationToken.None))
        {
            free++;
        }

        var started = 0;
        try
        {
            // Not cancelled by the stop: a claim that has been made and not heard of would wait for its lease to run out.
            var jobs = await queue.ClaimAsync(free, CancellationToken.None);
            foreach (var job in jobs)
            {
                started++;
                _ = RunAsync(job);
            }

            return started > 0;
        }
        catch (Exception exception) when (exception is DbException or TimeoutException)
        {
            JobRunnerLog.QueueAway(logger, exception.GetBaseException().GetType().Name);
            await Task.Delay(s_retryDelay, time, stoppingToken);
            return true;
        }
        finally
        {
            if (free > started)
            {
                _slots.Release(free - started);
            }
        }
    }

    private async Task GatherAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(s_gathering, time, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            _slots.Release();
            throw;
        }
    }

    private async Task RunAsync(ClaimedJob job)
    {
        try
        {
            await run.RunAsync(job);
        }
        catch (Exception exception)
        {
            // Nobody awaits this task. The lease runs out, and the job comes back.
            JobRunnerLog.Bug(logger, job.Id, exception);
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task DrainAsync()
    {
        var running = options.Value.Concurrency - _slots.CurrentCount;
        if (running == 0)
        {
            return;
        }

        JobRunnerLog.Draining(logger, running, options.Value.DrainTimeout.TotalSeconds);
        using var timeout = new CancellationTokenSource(options.Value.DrainTimeout, time);
        await using var giveUp = timeout.Token.Register(run.StopAll);

        // All slots free: nothing runs any more. Jobs that were stopped give themselves back.
        for (var slot = 0; slot < options.Value.Concurrency; slot++)
        {
            await _slots.WaitAsync(CancellationToken.None);
        }
    }
}
