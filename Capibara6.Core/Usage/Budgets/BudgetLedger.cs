using System.Collections.Concurrent;
using Capibara6.Core.Data;
using Capibara6.Core.Identity;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Usage;

/// <summary>
/// What this process owes the database: leases to renew, settlements that failed, and the use of callers without a
/// budget, which is counted in lots of a second (a budget given later in the period then knows of it).
/// </summary>
internal sealed class BudgetLedger(BudgetStore store, IOptions<BudgetOptions> options, TimeProvider time, ILogger<BudgetLedger> logger)
    : BackgroundService
{
    /// <summary>Bound on settlements that wait for the database.</summary>
    private const int MaxUnsettled = 10_000;
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_cleaningPeriod = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<Guid, byte> _held = new();
    private readonly ConcurrentQueue<Settlement> _unsettled = new();
    private ConcurrentDictionary<(Guid Subject, string Period, DateOnly Start), (BudgetTarget Target, UsageAmount Used)> _uncounted = new();

    public void Hold(Guid reservation) => _held[reservation] = 0;

    public async Task SettleAsync(Guid reservation, BudgetTarget[] targets, UsageAmount used, Caller caller)
    {
        var settlement = new Settlement(reservation, targets, used, caller.AccountId);
        try
        {
            await TrySettleAsync(settlement);
        }
        catch (Exception exception) when (DatabaseFaults.IsAway(exception))
        {
            if (_unsettled.Count >= MaxUnsettled)
            {
                BudgetLog.SettleLost(logger, used.Tokens, caller.AccountId);
                _held.TryRemove(reservation, out _);
                return;
            }

            BudgetLog.SettleLater(logger, exception.GetBaseException().Message);
            _unsettled.Enqueue(settlement);
        }
    }

    /// <summary>Counts use that no budget bounds. Bounded by the callers of one second.</summary>
    public void Count(BudgetTarget[] targets, UsageAmount used)
    {
        if (used == default)
        {
            return;
        }

        foreach (var target in targets)
        {
            _uncounted.AddOrUpdate(
                (target.SubjectId, target.Period, target.StartsOn),
                static (_, added) => added,
                static (_, old, added) => (old.Target, new UsageAmount(old.Used.Tokens + added.Used.Tokens, old.Used.CostUsd + added.Used.CostUsd)),
                (Target: target, Used: used));
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await GuardAsync(FlushAsync, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var renewed = time.GetTimestamp();
        var cleaned = renewed;
        while (!stoppingToken.IsCancellationRequested)
        {
            await GuardAsync(FlushAsync, stoppingToken);
            if (time.GetElapsedTime(renewed) >= options.Value.Lease / 4)
            {
                renewed = time.GetTimestamp();
                await GuardAsync(RenewAndSweepAsync, stoppingToken);
            }

            if (time.GetElapsedTime(cleaned) >= s_cleaningPeriod)
            {
                cleaned = time.GetTimestamp();
                await GuardAsync(store.CleanAsync, stoppingToken);
            }

            await Task.Delay(s_period, time, stoppingToken);
        }
    }

    private async Task RenewAndSweepAsync(CancellationToken cancellationToken)
    {
        if (!_held.IsEmpty)
        {
            await store.RenewAsync([.. _held.Keys], options.Value.Lease, cancellationToken);
        }

        if (await store.SweepAsync(cancellationToken) is > 0 and var swept)
        {
            BudgetLog.Swept(logger, swept);
        }
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        for (var waiting = _unsettled.Count; waiting > 0 && _unsettled.TryPeek(out var settlement); waiting--)
        {
            await TrySettleAsync(settlement);
            _unsettled.TryDequeue(out _);
        }

        if (!_uncounted.IsEmpty)
        {
            var used = Interlocked.Exchange(ref _uncounted, new()).Values.ToArray();
            try
            {
                await store.CountAsync(used, cancellationToken);
            }
            catch
            {
                foreach (var (target, amount) in used)
                {
                    Count([target], amount);
                }

                throw;
            }
        }
    }

    private async Task TrySettleAsync(Settlement settlement)
    {
        await store.SettleAsync(settlement.Reservation, settlement.Targets, settlement.Used, CancellationToken.None);
        _held.TryRemove(settlement.Reservation, out _);
    }

    // Whatever it is, the next round may go well; an end of this loop would be the end of the process.
    private async Task GuardAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            BudgetLog.UpkeepFailed(logger, exception.GetBaseException().Message);
        }
    }

    private sealed record Settlement(Guid Reservation, BudgetTarget[] Targets, UsageAmount Used, Guid AccountId);
}
