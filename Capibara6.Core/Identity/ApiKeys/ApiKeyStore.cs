using Capibara6.Core.Data;
using Capibara6.Core.Identity.Accounts;
using Capibara6.Core.Identity.Audit;
using Capibara6.Core.Identity.Credentials;
using Capibara6.Core.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Identity.ApiKeys;

internal sealed class ApiKeyStore(
    Capibara6DbContext database, IdentityTransactions transactions, AuditLog audit, Revocations revocations,
    IOptions<IdentitySettings> options, TimeProvider time) : IApiKeys
{
    public async Task<IReadOnlyList<ApiKeyView>> ListAsync(Caller caller, Guid? before, int limit, CancellationToken cancellationToken)
    {
        var keys = Visible(caller);
        if (before is { } last)
        {
            keys = keys.Where(key => key.Id < last);
        }

        var found = await keys.AsNoTracking().OrderByDescending(key => key.Id)
            .Take(Math.Clamp(limit, 1, AccountLimits.MaxPageSize)).ToListAsync(cancellationToken);
        return [.. found.Select(ToView)];
    }

    public async Task<ApiKeyView?> FindAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        await Visible(caller).AsNoTracking().FirstOrDefaultAsync(found => found.Id == id, cancellationToken) is { } key ? ToView(key) : null;

    public async Task<Outcome<NewApiKey>> CreateAsync(Caller caller, ApiKeyDraft draft, RequestOrigin origin, CancellationToken cancellationToken)
    {
        // What the local caller made would work from elsewhere, too, and for ever.
        if (caller.IsLocal)
        {
            return IdentityFailures.NotPermitted with { Message = "A key needs the token of a log-in." };
        }

        // A key that makes keys would outlive its own revocation.
        if (caller.ApiKeyId is not null)
        {
            return IdentityFailures.NotPermitted with { Message = "A key can't make keys; log in and use the token." };
        }

        var now = time.GetUtcNow();
        if (Check(caller, draft, now) is { } failure)
        {
            return failure;
        }

        var secret = ApiKeyFormat.Create();
        return await transactions.RunAsync<Outcome<NewApiKey>>(
            IdentityTransactions.Accounts,
            async (services, token) =>
            {
                var context = services.GetRequiredService<Capibara6DbContext>();
                var held = await context.Set<ApiKey>().CountAsync(
                    other => other.AccountId == caller.AccountId && other.RevokedAt == null && (other.ExpiresAt == null || other.ExpiresAt > now), token);
                if (held >= options.Value.MaxApiKeysPerAccount)
                {
                    return IdentityFailures.Conflict($"An account holds at most {options.Value.MaxApiKeysPerAccount} keys; revoke one first.");
                }

                var key = Make(caller, draft, secret, now);
                context.Add(key);
                services.GetRequiredService<AuditLog>().Add(
                    AuditActions.ApiKeyCreated, caller, origin, key.Id.ToString(), $"{key.Name}: {string.Join(' ', key.Permissions)}");
                return new NewApiKey(ToView(key), secret);
            },
            cancellationToken);
    }

    public async Task<Outcome<ApiKeyView>> RevokeAsync(Caller caller, Guid id, RequestOrigin origin, CancellationToken cancellationToken)
    {
        if (await Visible(caller).FirstOrDefaultAsync(found => found.Id == id, cancellationToken) is not { } key)
        {
            return IdentityFailures.ApiKeyNotFound;
        }

        if (key.RevokedAt is null)
        {
            key.RevokedAt = time.GetUtcNow();
            audit.Add(AuditActions.ApiKeyRevoked, caller, origin, key.Id.ToString(), key.Name);
            await database.SaveChangesAsync(cancellationToken);
        }

        await revocations.AnnounceAsync(key.AccountId);
        return ToView(key);
    }

    // A key manages itself and no other one, unless it is an administrator's whole power.
    private IQueryable<ApiKey> Visible(Caller caller) => caller switch
    {
        { IsLocal: true } => database.Set<ApiKey>().Where(key => false),
        { IsAdmin: true } => database.Set<ApiKey>(),
        { ApiKeyId: { } id } => database.Set<ApiKey>().Where(key => key.Id == id && key.AccountId == caller.AccountId),
        _ => database.Set<ApiKey>().Where(key => key.AccountId == caller.AccountId),
    };

    private static ApiKey Make(Caller caller, ApiKeyDraft draft, string secret, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        AccountId = caller.AccountId,
        Name = draft.Name.Trim(),
        Hash = ApiKeyFormat.Hash(secret).ToArray(),
        Hint = ApiKeyFormat.Hint(secret),
        Permissions = [.. (draft.Permissions ?? [.. caller.Permissions.Where(permission => permission != Permissions.Admin)])
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        CreatedAt = now,
        ExpiresAt = draft.ExpiresAt?.ToUniversalTime(),
        Budget = draft.Budget ?? new BudgetLimits(),
    };

    private static Failure? Check(Caller caller, ApiKeyDraft draft, DateTimeOffset now)
    {
        if (draft.Name.Trim().Length is 0 or > AccountLimits.MaxKeyNameLength || draft.Name.Any(char.IsControl))
        {
            return IdentityFailures.Invalid("name", $"name must be 1 to {AccountLimits.MaxKeyNameLength} printable characters.");
        }

        if (draft.ExpiresAt <= now)
        {
            return IdentityFailures.Invalid("expires_at", "expires_at must be in the future.");
        }

        if (draft.Permissions is { Count: 0 })
        {
            return IdentityFailures.Invalid("permissions", "permissions must not be empty; leave it out for all of yours.");
        }

        if (draft.Permissions?.FirstOrDefault(permission => !Permissions.All.Contains(permission, StringComparer.Ordinal)) is not null)
        {
            return IdentityFailures.Invalid("permissions", $"permissions are {string.Join(", ", Permissions.All)}.");
        }

        if (draft.Permissions?.Any(permission => !caller.Permissions.Contains(permission)) == true)
        {
            return IdentityFailures.NotPermitted with { Message = "A key can't do more than you may.", Field = "permissions" };
        }

        return BudgetChecks.Check(draft.Budget);
    }

    private static ApiKeyView ToView(ApiKey key) => new(
        key.Id, key.AccountId, key.Name, key.Hint, key.Permissions, key.CreatedAt, key.ExpiresAt, key.LastUsedAt, key.RevokedAt, key.Budget);
}
