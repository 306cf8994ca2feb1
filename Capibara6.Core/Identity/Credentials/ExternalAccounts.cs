using Capibara6.Core.Data;
using Capibara6.Core.Identity.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Capibara6.Core.Identity.Credentials;

/// <summary>
/// The account behind an outside identity, made at its first request, so that ownership, limits and budgets are the
/// same as for everybody. It has no password: it can't log in here. Its roles are those of each token; those of the last one
/// are kept, for work that waits.
/// </summary>
internal sealed class ExternalAccounts(IServiceScopeFactory scopes, IOptions<IdentitySettings> options, TimeProvider time)
{
    private const int Capacity = 20_000;
    private readonly ExpiringCache<string, AccountState> _accounts = new(time, options.Value.CheckCacheLifetime, Capacity);

    public ValueTask<AccountState> FindOrCreateAsync(string externalId, string name, string[] roles, CancellationToken cancellationToken) =>
        _accounts.GetAsync(externalId, id => ReadOrCreateAsync(id, name, roles), cancellationToken);

    public void Forget(Guid accountId) => _accounts.RemoveWhere(state => state.AccountId == accountId);

    private async Task<AccountState> ReadOrCreateAsync(string externalId, string name, string[] roles)
    {
        if (await FindAsync(externalId) is { } known)
        {
            return known.Roles.SequenceEqual(roles, StringComparer.Ordinal) ? known : await KeepRolesAsync(known, roles);
        }

        try
        {
            return await CreateAsync(externalId, name, roles);
        }
        catch (DbUpdateException exception) when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // Another replica was quicker.
            return await FindAsync(externalId) ?? throw new InvalidOperationException("An outside account clashes with an existing one.", exception);
        }
    }

    private async Task<AccountState?> FindAsync(string externalId)
    {
        await using var scope = scopes.CreateAsyncScope();
        var account = await scope.ServiceProvider.GetRequiredService<Capibara6DbContext>().Set<Account>().AsNoTracking()
            .FirstOrDefaultAsync(found => found.ExternalId == externalId, CancellationToken.None);
        return account is null ? null : AccountState.Of(account, sessionCounts: false);
    }

    private async Task<AccountState> KeepRolesAsync(AccountState known, string[] roles)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<Capibara6DbContext>().Set<Account>().Where(found => found.Id == known.AccountId)
            .ExecuteUpdateAsync(change => change.SetProperty(found => found.Roles, roles), CancellationToken.None);
        return known with { Roles = roles };
    }

    private async Task<AccountState> CreateAsync(string externalId, string name, string[] roles)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<Capibara6DbContext>();
        var normalizer = scope.ServiceProvider.GetRequiredService<ILookupNormalizer>();
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);

        // The provider's display name is neither unique nor ours: a suffix keeps it from taking somebody's log-in name.
        var suffix = "#" + id.ToString("N")[^8..];
        var room = AccountLimits.MaxNameLength - suffix.Length;
        var userName = (name.Length > room ? name[..room] : name) + suffix;
        var account = new Account
        {
            Id = id,
            UserName = userName,
            NormalizedUserName = normalizer.NormalizeName(userName),
            SecurityStamp = id.ToString("N"),
            ExternalId = externalId,
            Roles = roles,
            CreatedAt = now,
        };
        database.Add(account);
        await database.SaveChangesAsync(CancellationToken.None);
        return AccountState.Of(account, sessionCounts: false);
    }
}
