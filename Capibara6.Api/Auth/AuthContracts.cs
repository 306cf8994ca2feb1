using System.ComponentModel.DataAnnotations;
using Capibara6.Core.Identity.Accounts;

namespace Capibara6.Api.Auth;

/// <summary>A name and its password.</summary>
internal sealed record LoginBody
{
    /// <summary>The name of the account.</summary>
    [StringLength(AccountLimits.MaxNameLength, MinimumLength = 1)]
    public required string Username { get; init; }

    /// <summary>Its password.</summary>
    [StringLength(AccountLimits.MaxPasswordLength, MinimumLength = 1)]
    public required string Password { get; init; }

    // Records print their members; a password must never be printed.
    public override string ToString() => nameof(LoginBody);
}

/// <summary>A refresh token of yours.</summary>
internal sealed record RefreshBody
{
    /// <summary>As log-in or the last refresh gave it.</summary>
    public required string RefreshToken { get; init; }

    public override string ToString() => nameof(RefreshBody);
}

/// <summary>Your password, and the one that replaces it.</summary>
internal sealed record PasswordBody
{
    /// <summary>The one that counts now.</summary>
    public required string CurrentPassword { get; init; }

    /// <summary>At least 12 characters.</summary>
    public required string NewPassword { get; init; }

    /// <summary>True: your API keys end too. False, the default: they go on.</summary>
    public bool? RevokeApiKeys { get; init; }

    public override string ToString() => nameof(PasswordBody);
}

/// <summary>How the signing key is replaced.</summary>
internal sealed record RotationBody
{
    /// <summary>True after a leak: every access token stops counting at once. False, the default: no request fails.</summary>
    public bool? RevokeOld { get; init; }
}

/// <summary>A pair of tokens.</summary>
internal sealed record TokenResponse
{
    /// <summary>JSON web token for <c>Authorization: Bearer</c>.</summary>
    public required string AccessToken { get; init; }

    /// <summary>Counts once, for the next pair. Whoever shows it again ends the session.</summary>
    public required string RefreshToken { get; init; }

    /// <summary>Always <c>Bearer</c>.</summary>
    public required string TokenType { get; init; }

    /// <summary>Seconds until the access token expires.</summary>
    public required int ExpiresIn { get; init; }

    public override string ToString() => nameof(TokenResponse);
}

/// <summary>Who you are here, and what you may.</summary>
internal sealed record MeResponse
{
    /// <summary>The account's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The account's name.</summary>
    public required string Username { get; init; }

    /// <summary>Of admin, developer, user, readonly.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>Those of these credentials: a key may have fewer than its owner.</summary>
    public required IReadOnlyList<string> Permissions { get; init; }

    /// <summary>The key that was shown; null for a token.</summary>
    public Guid? ApiKeyId { get; init; }

    /// <summary>What is used of your budgets.</summary>
    public required IReadOnlyList<BudgetView> Budgets { get; init; }
}

/// <summary>A budget and what is used of it.</summary>
internal sealed record BudgetView
{
    /// <summary><c>account</c> or <c>api_key</c>.</summary>
    public required string Subject { get; init; }

    /// <summary><c>day</c> or <c>month</c>, UTC.</summary>
    public required string Period { get; init; }

    /// <summary>When it starts anew.</summary>
    public required DateTimeOffset ResetsAt { get; init; }

    /// <summary>Null: no limit.</summary>
    public long? TokenLimit { get; init; }

    /// <summary>Tokens used, prompts and completions together.</summary>
    public required long TokensUsed { get; init; }

    /// <summary>Held by calls on their way.</summary>
    public required long TokensReserved { get; init; }

    /// <summary>US dollars; null: no limit.</summary>
    public decimal? CostLimitUsd { get; init; }

    /// <summary>US dollars used.</summary>
    public required decimal CostUsedUsd { get; init; }

    /// <summary>US dollars held by calls on their way.</summary>
    public required decimal CostReservedUsd { get; init; }
}

/// <summary>A page of the audit log, newest first.</summary>
/// <param name="Events">The events.</param>
/// <param name="NextBefore">The <c>before</c> of the next page; null on the last.</param>
internal sealed record AuditListResponse(IReadOnlyList<AuditEventView> Events, Guid? NextBefore);

/// <summary>One administrative act or one failed log-in.</summary>
internal sealed record AuditEventView
{
    /// <summary>The event's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who did it; null when nobody was identified.</summary>
    public Guid? ActorId { get; init; }

    /// <summary>The name of the actor, or the name that a failed log-in gave.</summary>
    public required string ActorName { get; init; }

    /// <summary>What was done, such as <c>login_failed</c> or <c>user_changed</c>.</summary>
    public required string Action { get; init; }

    /// <summary>What it was done to.</summary>
    public string? Subject { get; init; }

    /// <summary>What changed.</summary>
    public string? Detail { get; init; }

    /// <summary>Where the request came from.</summary>
    public string? ClientAddress { get; init; }
}
