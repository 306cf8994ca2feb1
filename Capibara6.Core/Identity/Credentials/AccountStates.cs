using System.Security.Cryptography;
using System.Text;
using Capibara6.Core.Data;
using Capibara6.Core.Identity.Accounts;
using Capibara6.Core.Identity.ApiKeys;
using Capibara6.Core.Identity.Tokens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Identity.Credentials;

/// <summary>What decides about a credential of an account, as PostgreSQL had it a moment ago.</summary>
internal sealed record AccountState(
    Guid AccountId, string Name, string[] Roles, string StampHash, bool IsActive, bool SessionCounts, bool IsLocal, IReadOnlyDictionary<string, int> RateLimits)
{
    /// <summary>The outside identity of whoever asks from this machine without credentials, in Development.</summary>
    public const string LocalIdentity = "development/local";

    public IReadOnlySet<string> Permissions { get; } = Identity.Roles.PermissionsOf(Roles);

    public static AccountState Of(Account account, bool sessionCounts) => new(
        account.Id, account.UserName!, account.Roles, HashStamp(account.SecurityStamp!), account.DeactivatedAt is null, sessionCounts,
        account.ExternalId == LocalIdentity, account.RateLimits);

    /// <summary>The stamp itself is a secret of ASP.NET Core Identity; tokens carry this.</summary>
    public static string HashStamp(string stamp) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stamp)))[..16];
}

/// <param name="Permissions">The key's, as far as the owner still has them.</param>
internal sealed record ApiKeyState(Guid KeyId, AccountState Account, IReadOnlySet<string> Permissions, DateTimeOffset? ExpiresAt, bool Revoked)
{
    public bool CountsAt(DateTimeOffset now) => !Revoked && (ExpiresAt is null || ExpiresAt > now);
}

/// <summary>Looks sessions and keys up, each at most once per <see cref="IdentitySettings.CheckCacheLifetime"/> and replica.</summary>
internal sealed class AccountStates(IServiceScopeFactory scopes, IOptions<IdentitySettings> options, TimeProvider time)
{
    /// <summary>Bound on either cache.</summary>
    private const int Capacity = 20_000;
    private const int UnknownCapacity = 5_000;
    private static readonly TimeSpan s_unknownLifetime = TimeSpan.FromSeconds(30);

    private static readonly Task<bool> s_yes = Task.FromResult(true);
    private readonly ExpiringCache<Guid, AccountState?> _sessions = new(time, options.Value.CheckCacheLifetime, Capacity);
    private readonly ExpiringCache<Sha256Hash, ApiKeyState?> _keys = new(time, options.Value.CheckCacheLifetime, Capacity);

    // Apart from those that exist, which made-up ones must not push out. 256 random bits don't come to exist later.
    private readonly ExpiringCache<Sha256Hash, bool> _unknownKeys = new(time, s_unknownLifetime, UnknownCapacity);

    public ValueTask<AccountState?> FindSessionAsync(Guid sessionId, CancellationToken cancellationToken) =>
        _sessions.GetAsync(sessionId, ReadSessionAsync, cancellationToken);

    /// <summary>Whether <see cref="FindKeyAsync"/> knows without asking the database.</summary>
    public bool Remembers(Sha256Hash hash) => _keys.TryGet(hash, out _) || _unknownKeys.TryGet(hash, out _);

    public async ValueTask<ApiKeyState?> FindKeyAsync(Sha256Hash hash, CancellationToken cancellationToken)
    {
        if (_unknownKeys.TryGet(hash, out _))
        {
            return null;
        }

        var found = await _keys.GetAsync(hash, ReadKeyAsync, cancellationToken);
        if (found is null)
        {
            _keys.Remove(hash);
            await _unknownKeys.GetAsync(hash, static _ => s_yes, cancellationToken);
        }

        return found;
    }

    /// <summary>Drops what was known of an account: something about it has changed.</summary>
    public void Forget(Guid accountId)
    {
        _sessions.RemoveWhere(state => state is null || state.AccountId == accountId);
        _keys.RemoveWhere(state => state is null || state.Account.AccountId == accountId);
    }

    private async Task<AccountState?> ReadSessionAsync(Guid sessionId)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<Capibara6DbContext>();
        var session = await database.Set<Session>().AsNoTracking().Include(found => found.Account)
            .FirstOrDefaultAsync(found => found.Id == sessionId, CancellationToken.None);
        return session is null
            ? null
            : AccountState.Of(session.Account!, session.RevokedAt is null && session.ExpiresAt > time.GetUtcNow());
    }

    private async Task<ApiKeyState?> ReadKeyAsync(Sha256Hash hash)
    {
        var bytes = hash.ToArray();
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<Capibara6DbContext>();
        var key = await database.Set<ApiKey>().AsNoTracking().Include(found => found.Account)
            .FirstOrDefaultAsync(found => found.Hash == bytes, CancellationToken.None);
        if (key is null)
        {
            return null;
        }

        var account = AccountState.Of(key.Account!, sessionCounts: false);
        var permissions = key.Permissions.Where(account.Permissions.Contains).ToHashSet(StringComparer.Ordinal);
        return new ApiKeyState(key.Id, account, permissions, key.ExpiresAt, key.RevokedAt is not null);
    }
}
