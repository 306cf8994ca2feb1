using System.Security.Cryptography;
using System.Text;
using Capibara6.Core.Identity.Credentials;
using Capibara6.Core.Identity.SigningKeys;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Capibara6.Core.Identity.Tokens;

/// <summary>What a valid access token says. Roles and permissions are not among it: those that count are the account's, now.</summary>
internal sealed record AccessTokenClaims(Guid AccountId, Guid SessionId, string StampHash, string KeyId, DateTimeOffset ExpiresAt);

/// <param name="RetryAfter">Set when it wasn't looked at, because this client has shown too many bad ones.</param>
internal readonly record struct AccessTokenValidation(AccessTokenClaims? Claims, string Reason, TimeSpan? RetryAfter = null);

/// <summary>
/// Checks signature, type, issuer, audience and lifetime. A signature costs about a tenth of a millisecond to check, so
/// a token found good is remembered by its hash until it expires or its key no longer counts.
/// </summary>
internal sealed class AccessTokenValidator(VerificationKeys keys, BadCredentials bad, IOptions<IdentitySettings> options, TimeProvider time)
{
    public const string TokenType = "at+jwt";
    public const string SessionClaim = JwtRegisteredClaimNames.Sid;
    public const string StampClaim = "stamp";

    /// <summary>Longer ones are refused unread; ours have about 800 characters.</summary>
    private const int MaxLength = 4_096;
    private const int MaxKeyIdLength = 64;

    /// <summary>Bound on the tokens remembered.</summary>
    private const int Capacity = 10_000;
    private static readonly TimeSpan s_clockSkew = TimeSpan.FromSeconds(5);
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxLength };
    private readonly ExpiringCache<Sha256Hash, AccessTokenValidation> _validated =
        new(time, options.Value.AccessTokenLifetime + s_clockSkew, Capacity);

    public async ValueTask<AccessTokenValidation> ValidateAsync(string token, string client, CancellationToken cancellationToken)
    {
        if (token.Length > MaxLength || !_handler.CanReadToken(token))
        {
            return new AccessTokenValidation(null, "no JSON web token");
        }

        var id = Identify(token);
        var validation = await _validated.GetAsync(id, _ => CheckAsync(token, client), cancellationToken);
        if (validation.Claims is not { } claims)
        {
            // What is bad costs its sender a signature check each time, and nobody memory.
            _validated.Remove(id);
            return validation;
        }

        if (claims.ExpiresAt + s_clockSkew <= time.GetUtcNow())
        {
            return new AccessTokenValidation(null, "token expired");
        }

        return await keys.FindAsync(claims.KeyId, cancellationToken) is null ? new AccessTokenValidation(null, "key no longer counts") : validation;
    }

    private async Task<AccessTokenValidation> CheckAsync(string token, string client)
    {
        JsonWebToken parsed;
        try
        {
            parsed = _handler.ReadJsonWebToken(token);
        }
        catch (ArgumentException)
        {
            return new AccessTokenValidation(null, "no JSON web token");
        }

        if (parsed.Kid is not { Length: > 0 and <= MaxKeyIdLength } kid || await keys.FindAsync(kid, CancellationToken.None) is not { } key)
        {
            return new AccessTokenValidation(null, "unknown key id");
        }

        // Up to here it cost next to nothing. A token that names a key of ours and isn't signed by it costs a signature check.
        if (bad.Take(client) is { } wait)
        {
            return new AccessTokenValidation(null, "too many bad credentials", wait);
        }

        var result = await _handler.ValidateTokenAsync(parsed, Parameters(key));
        if (!result.IsValid)
        {
            return new AccessTokenValidation(null, result.Exception.GetType().Name);
        }

        bad.GiveBack(client);
        return Read(parsed, kid);
    }

    private static AccessTokenValidation Read(JsonWebToken token, string kid) =>
        Guid.TryParse(token.Subject, out var account)
        && token.TryGetPayloadValue<string>(SessionClaim, out var sid) && Guid.TryParse(sid, out var session)
        && token.TryGetPayloadValue<string>(StampClaim, out var stamp)
            ? new AccessTokenValidation(new AccessTokenClaims(account, session, stamp, kid, token.ValidTo), string.Empty)
            : new AccessTokenValidation(null, "claims missing");

    private TokenValidationParameters Parameters(SecurityKey key) => new()
    {
        // One algorithm, one type, the one key that the id names: nothing that the token says widens it.
        ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
        ValidTypes = [TokenType],
        IssuerSigningKey = key,
        ValidIssuer = options.Value.Issuer,
        ValidAudience = options.Value.Audience,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        LifetimeValidator = IsCurrent,
    };

    private bool IsCurrent(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return (notBefore is null || notBefore <= now + s_clockSkew) && expires > now - s_clockSkew;
    }

    private static Sha256Hash Identify(string token)
    {
        Span<byte> text = stackalloc byte[MaxLength * 3];
        var written = Encoding.UTF8.GetBytes(token, text);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..written], hash);
        return Sha256Hash.From(hash);
    }
}
