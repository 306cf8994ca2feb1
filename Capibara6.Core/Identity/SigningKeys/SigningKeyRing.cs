using System.Collections.Concurrent;
using System.Security.Cryptography;
using Capibara6.Core.Data;
using Capibara6.Core.Identity.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Capibara6.Core.Identity.SigningKeys;

/// <summary>Makes signing keys, and hands out the one that signs now.</summary>
public interface ISigningKeyRing
{
    /// <summary>
    /// Publishes a new key. It signs after the publish-ahead time, and the old ones count until their last token has
    /// expired: no request fails. With <paramref name="revokeOld"/> the new one signs at once and the old ones count
    /// no more: every access token dies, refresh tokens live.
    /// </summary>
    Task RotateAsync(Caller actor, RequestOrigin origin, bool revokeOld, CancellationToken cancellationToken);
}

internal sealed class SigningKeyRing(
    IServiceScopeFactory scopes, IdentityTransactions transactions, ISigningKeyProtector protector, VerificationKeys published,
    IOptions<IdentitySettings> options, TimeProvider time, ILogger<SigningKeyRing> logger) : ISigningKeyRing, IDisposable
{
    private static readonly TimeSpan s_clockSkew = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, ECDsa> _privateKeys = new(StringComparer.Ordinal);

    public Task RotateAsync(Caller actor, RequestOrigin origin, bool revokeOld, CancellationToken cancellationToken) =>
        InTurnAsync(
            (services, keys, now) =>
            {
                var created = AddKey(services, keys, now, keys.Length == 0 || revokeOld ? now : now + options.Value.SigningKeyPublishAhead, revokeOld);
                services.GetRequiredService<AuditLog>().Add(
                    AuditActions.SigningKeyRotated, actor, origin, created.Id, revokeOld ? "old keys revoked" : null);
            },
            cancellationToken);

    /// <summary>Makes the first key, or the next one when it is due.</summary>
    public Task EnsureAsync(CancellationToken cancellationToken) =>
        InTurnAsync(
            (services, keys, now) =>
            {
                if (keys.Length == 0)
                {
                    AddKey(services, keys, now, activeFrom: now, revokeOld: false);
                }
                else if (keys.Max(key => key.ActiveFrom) + options.Value.SigningKeyLifetime <= now)
                {
                    AddKey(services, keys, now, now + options.Value.SigningKeyPublishAhead, revokeOld: false);
                }
            },
            cancellationToken);

    /// <summary>
    /// The key that signs now: the newest that has been published long enough. One that can't be decrypted, because the
    /// key ring's certificate was lost or changed, is passed over; tokens that it has signed go on counting.
    /// </summary>
    public async Task<SigningCredentials> GetCurrentAsync(CancellationToken cancellationToken)
    {
        if (await FindUsableAsync(cancellationToken) is { } usable)
        {
            return usable;
        }

        await InTurnAsync(
            (services, keys, now) =>
            {
                if (!keys.Any(key => key.ActiveFrom <= now && Open(key) is not null))
                {
                    AddKey(services, keys, now, activeFrom: now, revokeOld: false);
                }
            },
            cancellationToken);
        return await FindUsableAsync(cancellationToken)
            ?? throw new InvalidOperationException("A signing key that was just made can't be decrypted.");
    }

    public void Dispose()
    {
        foreach (var key in _privateKeys.Values)
        {
            key.Dispose();
        }
    }

    private async Task<SigningCredentials?> FindUsableAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var scope = scopes.CreateAsyncScope();
        var active = await scope.ServiceProvider.GetRequiredService<Capibara6DbContext>().Set<SigningKey>().AsNoTracking()
            .Where(key => key.ActiveFrom <= now && (key.ExpiresAt == null || key.ExpiresAt > now))
            .OrderByDescending(key => key.ActiveFrom)
            .ToArrayAsync(cancellationToken);
        foreach (var candidate in active)
        {
            if (Open(candidate) is { } key)
            {
                return new SigningCredentials(
                    new ECDsaSecurityKey(key) { KeyId = candidate.Id, CryptoProviderFactory = VerificationKeys.Uncached }, SecurityAlgorithms.EcdsaSha256)
                {
                    CryptoProviderFactory = VerificationKeys.Uncached,
                };
            }
        }

        return null;
    }

    private ECDsa? Open(SigningKey key)
    {
        try
        {
            return _privateKeys.GetOrAdd(key.Id, _ => Decrypt(key));
        }
        catch (CryptographicException exception)
        {
            IdentityLog.SigningKeyUnreadable(logger, key.Id, exception);
            return null;
        }
    }

    private ECDsa Decrypt(SigningKey key)
    {
        var pkcs8 = protector.Unprotect(key.ProtectedPrivateKey);
        var result = ECDsa.Create();
        result.ImportPkcs8PrivateKey(pkcs8, out _);
        CryptographicOperations.ZeroMemory(pkcs8);
        return result;
    }

    private SigningKey AddKey(IServiceProvider services, SigningKey[] older, DateTimeOffset now, DateTimeOffset activeFrom, bool revokeOld)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var security = new ECDsaSecurityKey(pair);
        var jwk = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(security);
        var key = new SigningKey
        {
            Id = Base64UrlEncoder.Encode(security.ComputeJwkThumbprint()),
            X = jwk.X,
            Y = jwk.Y,
            ProtectedPrivateKey = protector.Protect(pair.ExportPkcs8PrivateKey()),
            CreatedAt = now,
            ActiveFrom = activeFrom,
        };
        foreach (var old in older)
        {
            var lastToken = revokeOld ? now : activeFrom + options.Value.AccessTokenLifetime + s_clockSkew;
            old.ExpiresAt = old.ExpiresAt is { } earlier && earlier < lastToken ? earlier : lastToken;
        }

        services.GetRequiredService<Capibara6DbContext>().Add(key);
        IdentityLog.SigningKeyCreated(logger, key.Id, activeFrom);
        return key;
    }

    private async Task InTurnAsync(Action<IServiceProvider, SigningKey[], DateTimeOffset> work, CancellationToken cancellationToken)
    {
        await transactions.RunAsync(
            IdentityTransactions.SigningKeys,
            async (services, token) =>
            {
                var now = time.GetUtcNow();
                var keys = await services.GetRequiredService<Capibara6DbContext>().Set<SigningKey>()
                    .Where(key => key.ExpiresAt == null || key.ExpiresAt > now).ToArrayAsync(token);
                work(services, keys, now);
                return keys.Length;
            },
            cancellationToken);
        published.Forget();
    }
}
