using System.ComponentModel.DataAnnotations;
using Capibara6.Core.Identity.Accounts;

namespace Capibara6.Api.Auth;

/// <summary>A key to be made for your account.</summary>
internal sealed record ApiKeyBody
{
    /// <summary>Your own name for it: 1 to 100 characters.</summary>
    [StringLength(AccountLimits.MaxKeyNameLength, MinimumLength = 1)]
    public required string Name { get; init; }

    /// <summary>No wider than yours; absent for all of yours but <c>admin</c>.</summary>
    public IReadOnlyList<string>? Permissions { get; init; }

    /// <summary>In the future; absent for a key that doesn't expire.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The key's own budget, within yours.</summary>
    public BudgetBody? Budget { get; init; }
}

/// <summary>What may be used; what is absent is not limited. Days and months are UTC.</summary>
internal sealed record BudgetBody
{
    /// <summary>Tokens in a day.</summary>
    public long? TokensPerDay { get; init; }

    /// <summary>Tokens in a month.</summary>
    public long? TokensPerMonth { get; init; }

    /// <summary>US dollars in a day.</summary>
    public decimal? CostUsdPerDay { get; init; }

    /// <summary>US dollars in a month.</summary>
    public decimal? CostUsdPerMonth { get; init; }
}

/// <summary>A key, without its secret.</summary>
internal sealed record ApiKeyResponse
{
    /// <summary>The key's id; not a secret.</summary>
    public required Guid Id { get; init; }

    /// <summary>The account that it acts for.</summary>
    public required Guid OwnerId { get; init; }

    /// <summary>The owner's name for it.</summary>
    public required string Name { get; init; }

    /// <summary>The key's first characters.</summary>
    public required string Hint { get; init; }

    /// <summary>What it may do, as far as its owner still may.</summary>
    public required IReadOnlyList<string> Permissions { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it stops counting; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Up to half a minute late.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>When it was revoked; null while it counts.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The key's own budget.</summary>
    public required BudgetBody Budget { get; init; }
}

/// <summary>A new key.</summary>
internal sealed record NewApiKeyResponse
{
    /// <summary>The secret: shown here and never again. Send it as <c>Authorization: Bearer</c> or <c>X-API-Key</c>.</summary>
    public required string Key { get; init; }

    /// <summary>What is kept of it.</summary>
    public required ApiKeyResponse ApiKey { get; init; }

    public override string ToString() => nameof(NewApiKeyResponse);
}

/// <summary>A page of keys, newest first.</summary>
/// <param name="ApiKeys">The keys.</param>
/// <param name="NextBefore">The <c>before</c> of the next page; null on the last.</param>
internal sealed record ApiKeyListResponse(IReadOnlyList<ApiKeyResponse> ApiKeys, Guid? NextBefore);
