using Capibara6.Core.Identity.Audit;
using Capibara6.Core.Identity.Accounts;
using Capibara6.Core.Identity.ApiKeys;
using Capibara6.Core.Usage;
using Capibara6.ServiceDefaults.Access;

namespace Capibara6.Api.Auth;

internal static class AuthMapping
{
    /// <summary>Where the request came from, for the audit log.</summary>
    public static RequestOrigin Origin(this HttpContext context) => new(ClientAddress.Text(context)) { Client = ClientAddress.Of(context) };

    public static BudgetView ToView(BudgetStatus status) => new()
    {
        Subject = status.Subject,
        Period = status.Period,
        ResetsAt = status.ResetsAt,
        TokenLimit = status.TokenLimit,
        TokensUsed = status.TokensSpent,
        TokensReserved = status.TokensReserved,
        CostLimitUsd = status.CostLimit,
        CostUsedUsd = status.CostSpent,
        CostReservedUsd = status.CostReserved,
    };

    public static AuditEventView ToView(AuditEvent audit) => new()
    {
        Id = audit.Id,
        At = audit.At,
        ActorId = audit.ActorId,
        ActorName = audit.ActorName,
        Action = audit.Action,
        Subject = audit.Subject,
        Detail = audit.Detail,
        ClientAddress = audit.ClientAddress,
    };

    public static ApiKeyResponse ToResponse(ApiKeyView key) => new()
    {
        Id = key.Id,
        OwnerId = key.AccountId,
        Name = key.Name,
        Hint = key.Hint,
        Permissions = key.Permissions,
        CreatedAt = key.CreatedAt,
        ExpiresAt = key.ExpiresAt,
        LastUsedAt = key.LastUsedAt,
        RevokedAt = key.RevokedAt,
        Budget = ToBody(key.Budget),
    };

    public static UserResponse ToResponse(UserView user) => new()
    {
        Id = user.Id,
        Username = user.Name,
        Email = user.Email,
        Roles = user.Roles,
        Active = user.Active,
        Locked = user.Locked,
        External = user.External,
        CreatedAt = user.CreatedAt,
        RateLimits = user.RateLimits,
        Budget = ToBody(user.Budget),
    };

    public static BudgetLimits? ToLimits(BudgetBody? body) => body is null
        ? null
        : new BudgetLimits
        {
            TokensPerDay = body.TokensPerDay,
            TokensPerMonth = body.TokensPerMonth,
            CostPerDay = body.CostUsdPerDay,
            CostPerMonth = body.CostUsdPerMonth,
        };

    private static BudgetBody ToBody(BudgetLimits limits) => new()
    {
        TokensPerDay = limits.TokensPerDay,
        TokensPerMonth = limits.TokensPerMonth,
        CostUsdPerDay = limits.CostPerDay,
        CostUsdPerMonth = limits.CostPerMonth,
    };
}
