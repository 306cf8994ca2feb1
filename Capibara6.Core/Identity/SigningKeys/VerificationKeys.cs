using System.Collections.Frozen;
using System.Security.Cryptography;
using Capibara6.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace Capibara6.Core.Identity.SigningKeys;

/// <summary>A published public key: a member of the JSON Web Key Set.</summary>
public sealed record PublishedKey(string Kid, string X, string Y);

/// <summary>The public keys whose tokens count.</summary>
public interface IVerificationKeys
{
    /// <summary>All published keys, those included that don't sign yet.</summary>
    ValueTask<IReadOnlyList<PublishedKey>> ListAsync(CancellationToken cancellationToken);
}

/// <summary>
/// The set in memory, read again every half minute and when a token names a key that isn't in it. An attacker who
/// makes up key ids costs one small query every two seconds at the most; the id itself never reaches the database.
/// </summary>
internal sealed class VerificationKeys(IServiceScopeFactory scopes, TimeProvider time) : IVerificationKeys, IDisposable
{
    /// <summary>The library's own cache is the process's and outlives the keys that it was filled from.</summary>
    internal static readonly CryptoProviderFactory Uncached = new() { CacheSignatureProviders = false };

    private static readonly TimeSpan s_lifetime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_minimumAge = TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim _loading = new(1, 1);
    private Snapshot _snapshot = new([], FrozenDictionary<string, ECDsaSecurityKey>.Empty, DateTimeOffset.MinValue);

    public async ValueTask<IReadOnlyList<PublishedKey>> ListAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var snapshot = await GetAsync(now - s_minimumAge, cancellationToken);
        return [.. snapshot.Keys.Where(key => key.ExpiresAt is null || key.ExpiresAt > now).Select(key => new PublishedKey(key.Id, key.X, key.Y))];
    }

    /// <summary>The key of that id; null when its tokens don't count.</summary>
    public async ValueTask<ECDsaSecurityKey?> FindAsync(string kid, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var snapshot = await GetAsync(now - s_lifetime, cancellationToken);
        if (!snapshot.ById.ContainsKey(kid))
        {
            snapshot = await GetAsync(now - s_minimumAge, cancellationToken);
        }

        return snapshot.ById.TryGetValue(kid, out var key) && snapshot.Counts(kid, now) ? key : null;
    }

    /// <summary>Reads the set again at the next use: this process has just changed it.</summary>
    public void Forget() => _snapshot = _snapshot with { ReadAt = DateTimeOffset.MinValue };

    public void Dispose() => _loading.Dispose();

    private async ValueTask<Snapshot> GetAsync(DateTimeOffset readSince, CancellationToken cancellationToken)
    {
        var snapshot = _snapshot;
        if (snapshot.ReadAt >= readSince)
        {
            return snapshot;
        }

        await _loading.WaitAsync(cancellationToken);
        try
        {
            return _snapshot.ReadAt >= readSince ? _snapshot : _snapshot = await ReadAsync(cancellationToken);
        }
        finally
        {
            _loading.Release();
        }
    }

    private async Task<Snapshot> ReadAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<Capibara6DbContext>();
        var keys = await database.Set<SigningKey>().AsNoTracking()
            .Where(key => key.ExpiresAt == null || key.ExpiresAt > now)
            .OrderBy(key => key.ActiveFrom)
            .ToArrayAsync(cancellationToken);
        var byId = keys.ToFrozenDictionary(key => key.Id, ToSecurityKey, StringComparer.Ordinal);
        return new Snapshot(keys, byId, now);
    }

    private static ECDsaSecurityKey ToSecurityKey(SigningKey key)
    {
        var parameters = new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64UrlEncoder.DecodeBytes(key.X), Y = Base64UrlEncoder.DecodeBytes(key.Y) },
        };
        return new ECDsaSecurityKey(ECDsa.Create(parameters)) { KeyId = key.Id, CryptoProviderFactory = Uncached };
    }

    private sealed record Snapshot(SigningKey[] Keys, FrozenDictionary<string, ECDsaSecurityKey> ById, DateTimeOffset ReadAt)
    {
        public bool Counts(string kid, DateTimeOffset now) =>
            Array.Find(Keys, key => key.Id == kid) is { } key && (key.ExpiresAt is null || key.ExpiresAt > now);
    }
}
