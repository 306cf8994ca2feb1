using Capibara6.Core.Identity;

namespace Capibara6.Core.Usage;

/// <summary>
/// Who may use how much. Before a model is called the most that the call can use is reserved; after it, what it did use
/// is settled. Exact over replicas and under concurrency: PostgreSQL decides in one statement. A process that dies gives
/// its reservations back when their lease ends.
/// </summary>
public interface IBudgets
{
    /// <summary>
    /// Reserves, or says which budget is used up: <see cref="FailureCodes.BudgetExceeded"/>, with a time to come back.
    /// Costs nothing when neither the account nor the key has a budget. An account or a key that is gone may use nothing:
    /// <see cref="FailureCodes.CallerRevoked"/>.
    /// </summary>
    /// <param name="atMost">Bound on what the call can use. The budget holds as far as this bound does.</param>
    Task<Outcome<BudgetReservation>> ReserveAsync(Caller caller, UsageAmount atMost, CancellationToken cancellationToken);

    /// <summary>The caller's budgets and what is used of them, account before key, day before month.</summary>
    Task<IReadOnlyList<BudgetStatus>> ReadAsync(Caller caller, CancellationToken cancellationToken);
}

/// <param name="Tokens">Prompt and completion together.</param>
/// <param name="CostUsd">US dollars.</param>
public readonly record struct UsageAmount(long Tokens, decimal CostUsd);

/// <param name="Subject"><c>account</c> or <c>api_key</c>.</param>
/// <param name="Period"><c>day</c> or <c>month</c>, UTC.</param>
/// <param name="TokensReserved">Held by calls on their way.</param>
public sealed record BudgetStatus(
    string Subject, string Period, DateTimeOffset ResetsAt, long? TokenLimit, long TokensSpent, long TokensReserved,
    decimal? CostLimit, decimal CostSpent, decimal CostReserved);

/// <summary>A reservation to settle. Disposing of it unsettled gives everything back: the call used nothing.</summary>
public sealed class BudgetReservation : IAsyncDisposable
{
    private readonly Func<UsageAmount, Task> _settle;
    private int _ended;

    internal BudgetReservation(bool isLimited, Func<UsageAmount, Task> settle)
    {
        IsLimited = isLimited;
        _settle = settle;
    }

    /// <summary>Whether a budget counts on the bound that was given.</summary>
    public bool IsLimited { get; }

    /// <summary>
    /// Counts what was used and gives back the rest. Takes no cancellation token: a caller who left has used it all the
    /// same. When the database is away it is tried again in the background. Only the first call counts.
    /// </summary>
    public Task SettleAsync(UsageAmount used) =>
        Interlocked.Exchange(ref _ended, 1) == 0 ? _settle(used) : Task.CompletedTask;

    public ValueTask DisposeAsync() => new(SettleAsync(default));
}
