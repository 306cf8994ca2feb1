using Capibara6.Core.Identity.Audit;
using Capibara6.Core.Usage;

namespace Capibara6.Core.Identity.Accounts;

/// <summary>The accounts, as an administrator manages them, and one's own password.</summary>
public interface IUsers
{
    /// <summary>Newest first. Page by the last id seen.</summary>
    /// <param name="limit">1 to <see cref="AccountLimits.MaxPageSize"/>.</param>
    Task<IReadOnlyList<UserView>> ListAsync(Guid? before, int limit, CancellationToken cancellationToken);

    Task<Outcome<UserView>> FindAsync(Guid id, CancellationToken cancellationToken);

    Task<Outcome<UserView>> CreateAsync(Caller actor, UserDraft draft, RequestOrigin origin, CancellationToken cancellationToken);

    /// <summary>
    /// Changes what is given. A change of roles, password or state refuses the account's access tokens at once; a new
    /// password or deactivation also ends its sessions. The last active administrator can't be lost.
    /// </summary>
    Task<Outcome<UserView>> ChangeAsync(Caller actor, Guid id, UserChange change, RequestOrigin origin, CancellationToken cancellationToken);

    /// <summary>Deletes the account with its sessions and keys. What it did stays in the audit log.</summary>
    Task<Outcome<UserView>> DeleteAsync(Caller actor, Guid id, RequestOrigin origin, CancellationToken cancellationToken);

    /// <summary>
    /// Changes the caller's own password, and ends all sessions of the account. Guesses at the current one count as those of log-in
    /// do. Neither a key nor the local caller may.
    /// </summary>
    Task<Outcome<UserView>> ChangePasswordAsync(Caller caller, PasswordChange change, RequestOrigin origin, CancellationToken cancellationToken);
}

/// <param name="Name">2 to 64 letters, digits and <c>. _ - @ +</c>.</param>
/// <param name="Password">At least <see cref="IdentitySettings.MinPasswordLength"/> characters.</param>
/// <param name="Roles">At least one of <see cref="Identity.Roles"/>.</param>
public sealed record UserDraft(
    string Name, string Password, string? Email, IReadOnlyList<string> Roles,
    IReadOnlyDictionary<string, int>? RateLimits, BudgetLimits? Budget)
{
    public override string ToString() => nameof(UserDraft);
}

/// <summary>What is null stays as it is.</summary>
public sealed record UserChange(
    string? Password, string? Email, IReadOnlyList<string>? Roles, bool? Active,
    IReadOnlyDictionary<string, int>? RateLimits, BudgetLimits? Budget)
{
    /// <summary>Whether a new password also ends the account's keys. Yes, unless the administrator says otherwise.</summary>
    public bool RevokeApiKeys { get; init; } = true;

    public override string ToString() => nameof(UserChange);
}

/// <param name="Current">The one that counts now.</param>
/// <param name="New">At least <see cref="IdentitySettings.MinPasswordLength"/> characters.</param>
/// <param name="RevokeApiKeys">Whether the account's keys end too: whoever knew the old password may have made one.</param>
public sealed record PasswordChange(string Current, string New, bool RevokeApiKeys)
{
    public override string ToString() => nameof(PasswordChange);
}

public sealed record UserView(
    Guid Id, string Name, string? Email, IReadOnlyList<string> Roles, bool Active, bool Locked, bool External, DateTimeOffset CreatedAt,
    IReadOnlyDictionary<string, int> RateLimits, BudgetLimits Budget);
