using Capibara6.Core.Data;
using Capibara6.Core.Identity.Accounts;
using Capibara6.Core.Identity.ApiKeys;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Identity.Credentials;

/// <summary>
/// Whether somebody who isn't asking right now may still have something done. Work that waits outlives the request that filed
/// it, so it is asked again when the work begins: a session may have ended meanwhile, the account and the key must not have.
/// </summary>
public interface ICallerStanding
{
    /// <summary>
    /// The caller with the permissions that count now: the account's, narrowed by the key that was used. Fails with
    /// <see cref="FailureCodes.CallerRevoked"/> when the account is gone, deactivated or may not execute any more, or the key is
    /// gone, revoked, expired or may not; with <see cref="FailureCodes.DatabaseUnavailable"/> when nobody can say.
    /// </summary>
    ValueTask<Outcome<Caller>> CheckAsync(Caller caller, CancellationToken cancellationToken);
}

/// <inheritdoc cref="ICallerStanding"/>
internal sealed class CallerStanding(IServiceScopeFactory scopes, IOptions<IdentitySettings> options, TimeProvider time) : ICallerStanding
{
    private const int Capacity = 20_000;

    private readonly ExpiringCache<(Guid Account, Guid? Key), Standing?> _standings = new(time, options.Value.CheckCacheLifetime, Capacity);

    public async ValueTask<Outcome<Caller>> CheckAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (caller.AccountId == Guid.Empty)
        {
            return caller;
        }

        try
        {
            var standing = await _standings.GetAsync((caller.AccountId, caller.ApiKeyId), ReadAsync, cancellationToken);
            return standing is not null && (standing.ExpiresAt is null || standing.ExpiresAt > time.GetUtcNow())
                ? caller with { Permissions = standing.Permissions }
                : IdentityFailures.CallerRevoked;
        }
        catch (Exception exception) when (DatabaseFaults.IsAway(exception))
        {
            return DatabaseFaults.Unavailable;
        }
    }

    /// <summary>Drops what was known of an account: something about it has changed.</summary>
    public void Forget(Guid accountId) => _standings.RemoveWhere(standing => standing is null || standing.AccountId == accountId);

    private async Task<Standing?> ReadAsync((Guid Account, Guid? Key) subject)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<Capibara6DbContext>();
        var roles = await database.Set<Account>().AsNoTracking()
            .Where(account => account.Id == subject.Account && account.DeactivatedAt == null)
            .Select(account => account.Roles).FirstOrDefaultAsync(CancellationToken.None);
        if (roles is null)
        {
            return null;
        }

        IEnumerable<string> permissions = Roles.PermissionsOf(roles);
        DateTimeOffset? expiresAt = null;
        if (subject.Key is { } id)
        {
            var key = await database.Set<ApiKey>().AsNoTracking()
                .Where(found => found.Id == id && found.AccountId == subject.Account && found.RevokedAt == null)
                .Select(found => new { found.Permissions, found.ExpiresAt }).FirstOrDefaultAsync(CancellationToken.None);
            if (key is null)
            {
                return null;
            }

            permissions = permissions.Intersect(key.Permissions, StringComparer.Ordinal);
            expiresAt = key.ExpiresAt;
        }

        var counting = permissions.ToHashSet(StringComparer.Ordinal);
        return counting.Contains(Permissions.Execute) ? new Standing(subject.Account, counting, expiresAt) : null;
    }

    private sealed record Standing(Guid AccountId, IReadOnlySet<string> Permissions, DateTimeOffset? ExpiresAt);
}
