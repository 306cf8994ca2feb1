using Capibara6.Core.Identity.Audit;
using Capibara6.Core.Usage;

namespace Capibara6.Core.Identity.ApiKeys;

/// <summary>
/// The keys of an account. A stranger's key is not found; an administrator sees all; a key without <c>admin</c> sees and ends
/// itself alone. The local caller has none and makes none.
/// </summary>
public interface IApiKeys
{
    /// <summary>Newest first; at most <see cref="Accounts.AccountLimits.MaxPageSize"/>. Page by the last id seen.</summary>
    Task<IReadOnlyList<ApiKeyView>> ListAsync(Caller caller, Guid? before, int limit, CancellationToken cancellationToken);

    /// <summary>The key of that id; null when it isn't there or a stranger's.</summary>
    Task<ApiKeyView?> FindAsync(Caller caller, Guid id, CancellationToken cancellationToken);

    /// <summary>Makes a key for the caller's account. The key itself is in this answer and nowhere else, ever.</summary>
    Task<Outcome<NewApiKey>> CreateAsync(Caller caller, ApiKeyDraft draft, RequestOrigin origin, CancellationToken cancellationToken);

    /// <summary>Ends a key at once. Ending it twice is no failure.</summary>
    Task<Outcome<ApiKeyView>> RevokeAsync(Caller caller, Guid id, RequestOrigin origin, CancellationToken cancellationToken);
}

/// <param name="Name">1 to 100 characters.</param>
/// <param name="Permissions">No wider than the caller's; null for all of the caller's but admin.</param>
/// <param name="ExpiresAt">In the future; null for a key that doesn't expire.</param>
public sealed record ApiKeyDraft(string Name, IReadOnlyList<string>? Permissions, DateTimeOffset? ExpiresAt, BudgetLimits? Budget);

public sealed record ApiKeyView(
    Guid Id, Guid AccountId, string Name, string Hint, IReadOnlyList<string> Permissions, DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt, BudgetLimits Budget);

/// <param name="Key">The secret.</param>
public sealed record NewApiKey(ApiKeyView View, string Key)
{
    // Records print their members; the key must never be printed.
    public override string ToString() => nameof(NewApiKey);
}
