using Capibara6.Core.Usage;
using Microsoft.AspNetCore.Identity;

namespace Capibara6.Core.Identity.Accounts;

/// <summary>Who may do something here: a person with a password, or one whom Entra ID vouches for.</summary>
public sealed class Account : IdentityUser<Guid>
{
    public string[] Roles { get; set; } = [];

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Since when nothing of this account counts any more; null while it is active.</summary>
    public DateTimeOffset? DeactivatedAt { get; set; }

    /// <summary>The identity at an outside provider, as <c>tenant/object</c>; null for an account with a password.</summary>
    public string? ExternalId { get; set; }

    /// <summary>Requests per window that replace the configured ones, by policy name.</summary>
    public Dictionary<string, int> RateLimits { get; set; } = new(StringComparer.Ordinal);

    public BudgetLimits Budget { get; set; } = new();
}
