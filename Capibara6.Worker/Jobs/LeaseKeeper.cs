using System.Data.Common;
using Capibara6.Core.Jobs;
using Microsoft.Extensions.Options;

namespace Capibara6.Worker.Jobs;

/// <summary>Renews the leases of what runs here, and stops what was lost to another worker.</summary>
internal sealed class LeaseKeeper(
    IJobQueue queue, HeldJobs held, IOptions<JobRunnerOptions> options, TimeProvider time, ILogger<LeaseKeeper> logger) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _keeping = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _keeping = Task.Run(() => KeepAsync(_stop.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Registered before the runner, so stopped after it: draining jobs are still held.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _keeping.WaitAsync(cancellationToken);
    }

    public void Dispose() => _stop.Dispose();

    private async Task KeepAsync(CancellationToken stop)
    {
        try
        {
            using var timer = new PeriodicTimer(options.Value.RenewInterval, time);
            while (await timer.WaitForNextTickAsync(stop))
            {
                await RenewAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    internal async Task RenewAsync(CancellationToken cancellationToken)
    {
        var jobs = held.Jobs;
        if (jobs.Count == 0)
        {
            return;
        }

        try
        {
            held.StopLost(jobs, await queue.RenewAsync(jobs, cancellationToken));
        }
        catch (Exception exception) when (exception is DbException or TimeoutException)
        {
            // What can't be renewed may be lost; writing under a lost lease does nothing.
            JobRunnerLog.QueueAway(logger, exception.GetBaseException().GetType().Name);
        }
    }
}
