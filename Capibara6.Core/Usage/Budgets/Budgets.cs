using Capibara6.Core.Identity;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Usage;

internal sealed class Budgets(
    BudgetTargets budgets, BudgetStore store, BudgetLedger ledger, IOptions<BudgetOptions> options, TimeProvider time) : IBudgets
{
    /// <summary>When calls on their way hold what is missing, they give it back about this soon.</summary>
    private static readonly TimeSpan s_othersEndSoon = TimeSpan.FromSeconds(1);

    public async Task<Outcome<BudgetReservation>> ReserveAsync(Caller caller, UsageAmount atMost, CancellationToken cancellationToken)
    {
        if (caller.AccountId == Guid.Empty)
        {
            return new BudgetReservation(isLimited: false, _ => Task.CompletedTask);
        }

        var day = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (await budgets.OfAsync(caller, day, cancellationToken) is not { } targets)
        {
            return IdentityFailures.CallerRevoked;
        }

        if (!Array.Exists(targets, target => target.HasLimit))
        {
            return new BudgetReservation(isLimited: false, used =>
            {
                ledger.Count(targets, used);
                return Task.CompletedTask;
            });
        }

        var row = new BudgetReservationRow
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            AccountId = caller.AccountId,
            ApiKeyId = caller.ApiKeyId,
            Day = day,
            Tokens = atMost.Tokens,
            Cost = atMost.CostUsd,
            ExpiresAt = default,
        };
        if (await TryAsync(row, targets, cancellationToken) is { } failure)
        {
            return failure;
        }

        ledger.Hold(row.Id);
        return new BudgetReservation(isLimited: true, used => ledger.SettleAsync(row.Id, targets, used, caller));
    }

    public async Task<IReadOnlyList<BudgetStatus>> ReadAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (await budgets.OfAsync(caller, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), cancellationToken) is not { } targets)
        {
            return [];
        }

        var counters = await store.ReadAsync(targets, cancellationToken);
        return
        [
            .. targets.Select(target =>
            {
                var (spent, reserved) = counters.GetValueOrDefault((target.SubjectId, target.Period));
                return new BudgetStatus(
                    target.Subject, target.Period, target.ResetsAt, target.TokenLimit, spent.Tokens, reserved.Tokens,
                    target.CostLimit, spent.CostUsd, reserved.CostUsd);
            }),
        ];
    }

    private async Task<Failure?> TryAsync(BudgetReservationRow row, BudgetTarget[] targets, CancellationToken cancellationToken)
    {
        var verdicts = await store.ReserveAsync(row, targets, options.Value.Lease, cancellationToken);
        if (verdicts.All(verdict => verdict.Fits))
        {
            return null;
        }

        // What is missing may be held by a process that is dead: nobody is turned away for that.
        if (verdicts.All(verdict => verdict.FitsLater) && await store.SweepAsync(cancellationToken) > 0)
        {
            verdicts = await store.ReserveAsync(row, targets, options.Value.Lease, cancellationToken);
            if (verdicts.All(verdict => verdict.Fits))
            {
                return null;
            }
        }

        return Explain(verdicts, targets);
    }

    private Failure Explain(IReadOnlyList<BudgetVerdict> verdicts, BudgetTarget[] targets)
    {
        if (verdicts.All(verdict => verdict.FitsLater))
        {
            return Exceeded("Calls on their way hold the rest of the budget; try again when they have ended.", s_othersEndSoon);
        }

        var full = targets
            .Where(target => verdicts.Any(verdict => !verdict.FitsLater && verdict.SubjectId == target.SubjectId && verdict.Period == target.Period))
            .MaxBy(target => target.ResetsAt)!;
        var subject = full.Subject == "account" ? "account" : "API key";
        return Exceeded($"This call could exceed the {subject}'s budget for the {full.Period}; it starts anew at {full.ResetsAt:O}.", full.ResetsAt - time.GetUtcNow());
    }

    private static Failure Exceeded(string message, TimeSpan retryAfter) =>
        new(FailureCodes.BudgetExceeded, FailureKind.RateLimited, message) { RetryAfter = retryAfter };
}
