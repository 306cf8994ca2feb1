using Capibara6.Core.Data;
using Capibara6.Core.Identity;
using Capibara6.Core.Identity.Accounts;
using Capibara6.Core.Identity.ApiKeys;
using Capibara6.Core.Identity.Credentials;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Usage;

/// <summary>One counter that a call counts against, and its limits.</summary>
internal sealed record BudgetTarget(Guid SubjectId, string Subject, string Period, DateOnly StartsOn, long? TokenLimit, decimal? CostLimit)
{
    public bool HasLimit => TokenLimit is not null || CostLimit is not null;

    public DateTimeOffset ResetsAt => new(
        (Period == BudgetPeriods.Day ? StartsOn.AddDays(1) : StartsOn.AddMonths(1)).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}

/// <summary>Which counters a caller has. The limits may be as old as any other knowledge of an account. An account or a key that
/// isn't there has no counters, which is not the same as no limits: nothing may run on its behalf.</summary>
internal sealed class BudgetTargets(
    IServiceScopeFactory scopes, IOptions<BudgetOptions> options, IOptions<IdentitySettings> identity, TimeProvider time)
{
    private const int Capacity = 20_000;

    private readonly ExpiringCache<(Guid Account, Guid? Key), Limits?> _limits =
        new(time, identity.Value.CheckCacheLifetime, Capacity);

    /// <returns>Null when the account or the key is gone.</returns>
    public async ValueTask<BudgetTarget[]?> OfAsync(Caller caller, DateOnly day, CancellationToken cancellationToken)
    {
        if (await _limits.GetAsync((caller.AccountId, caller.ApiKeyId), ReadAsync, cancellationToken) is not { } limits)
        {
            return null;
        }

        var account = Of(caller.AccountId, "account", limits.Account, day);
        return caller.ApiKeyId is { } key ? [.. account, .. Of(key, "api_key", limits.Key!, day)] : account;
    }

    private static BudgetTarget[] Of(Guid id, string subject, BudgetLimits limits, DateOnly day) =>
    [
        new(id, subject, BudgetPeriods.Day, day, limits.TokensPerDay, limits.CostPerDay),
        new(id, subject, BudgetPeriods.Month, new DateOnly(day.Year, day.Month, 1), limits.TokensPerMonth, limits.CostPerMonth),
    ];

    private async Task<Limits?> ReadAsync((Guid Account, Guid? Key) subject)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<Capibara6DbContext>();
        var account = await database.Set<Account>().AsNoTracking().Where(found => found.Id == subject.Account)
            .Select(found => found.Budget).FirstOrDefaultAsync(CancellationToken.None);
        var key = subject.Key is null
            ? null
            : await database.Set<ApiKey>().AsNoTracking().Where(found => found.Id == subject.Key)
                .Select(found => found.Budget).FirstOrDefaultAsync(CancellationToken.None);
        if (account is null || (subject.Key is not null && key is null))
        {
            return null;
        }

        var fallback = options.Value.Default;
        return new Limits(
            new BudgetLimits
            {
                TokensPerDay = account.TokensPerDay ?? fallback.TokensPerDay,
                TokensPerMonth = account.TokensPerMonth ?? fallback.TokensPerMonth,
                CostPerDay = account.CostPerDay ?? fallback.CostPerDay,
                CostPerMonth = account.CostPerMonth ?? fallback.CostPerMonth,
            },
            key);
    }

    /// <param name="Key">Null when no key was used.</param>
    private sealed record Limits(BudgetLimits Account, BudgetLimits? Key);
}
