using System.ComponentModel.DataAnnotations;
using Capibara6.Core.Identity.Accounts;

namespace Capibara6.Api.Auth;

/// <summary>An account to be made.</summary>
internal sealed record UserBody
{
    /// <summary>2 to 64 letters, digits and <c>. _ - @ +</c>.</summary>
    [StringLength(AccountLimits.MaxNameLength, MinimumLength = AccountLimits.MinNameLength)]
    public required string Username { get; init; }

    /// <summary>At least 12 characters.</summary>
    public required string Password { get; init; }

    /// <summary>An e-mail address, for people; nothing is sent to it.</summary>
    public string? Email { get; init; }

    /// <summary>At least one of admin, developer, user, readonly.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>Requests per window that replace the configured ones, by policy name: account, api_key, query, batch, concurrency.</summary>
    public IReadOnlyDictionary<string, int>? RateLimits { get; init; }

    /// <summary>What the account may use; absent for the configured default.</summary>
    public BudgetBody? Budget { get; init; }

    public override string ToString() => nameof(UserBody);
}

/// <summary>What changes; what is absent stays.</summary>
internal sealed record UserChangeBody
{
    /// <summary>Ends the account's sessions, and its API keys unless <c>revoke_api_keys</c> is false.</summary>
    public string? Password { get; init; }

    /// <summary>With a new password: whether the account's API keys end too. True by default.</summary>
    public bool? RevokeApiKeys { get; init; }

    /// <summary>An e-mail address, for people.</summary>
    public string? Email { get; init; }

    /// <summary>All roles from now on.</summary>
    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>False refuses everything of this account at once: tokens, keys, log-in.</summary>
    public bool? Active { get; init; }

    /// <summary>All own limits from now on, by policy name.</summary>
    public IReadOnlyDictionary<string, int>? RateLimits { get; init; }

    /// <summary>The whole budget from now on; empty for none.</summary>
    public BudgetBody? Budget { get; init; }

    public override string ToString() => nameof(UserChangeBody);
}

/// <summary>An account.</summary>
internal sealed record UserResponse
{
    /// <summary>The account's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The account's name.</summary>
    public required string Username { get; init; }

    /// <summary>An e-mail address, for people.</summary>
    public string? Email { get; init; }

    /// <summary>Of admin, developer, user, readonly.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>False: nothing of this account counts.</summary>
    public required bool Active { get; init; }

    /// <summary>After many wrong passwords, for a while: only addresses that have logged in before are let in.</summary>
    public required bool Locked { get; init; }

    /// <summary>Logs in at Microsoft Entra ID; its roles are those of its tokens.</summary>
    public required bool External { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Requests per window that replace the configured ones, by policy name.</summary>
    public required IReadOnlyDictionary<string, int> RateLimits { get; init; }

    /// <summary>What the account may use.</summary>
    public required BudgetBody Budget { get; init; }
}

/// <summary>A page of accounts, newest first.</summary>
/// <param name="Users">The accounts.</param>
/// <param name="NextBefore">The <c>before</c> of the next page; null on the last.</param>
internal sealed record UserListResponse(IReadOnlyList<UserResponse> Users, Guid? NextBefore);
