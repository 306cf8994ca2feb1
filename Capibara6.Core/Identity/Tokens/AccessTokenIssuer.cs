using Capibara6.Core.Identity.Accounts;
using Capibara6.Core.Identity.Credentials;
using Capibara6.Core.Identity.SigningKeys;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Capibara6.Core.Identity.Tokens;

/// <summary>Signs access tokens (RFC 9068): ES256, short-lived, bound to a session and to the account as it is now.</summary>
internal sealed class AccessTokenIssuer(SigningKeyRing keys, IOptions<IdentitySettings> options, TimeProvider time)
{
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    public async Task<string> IssueAsync(Account account, Guid sessionId, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        var now = time.GetUtcNow().UtcDateTime;
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = AccessTokenValidator.TokenType,
            Issuer = settings.Issuer,
            Audience = settings.Audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + settings.AccessTokenLifetime,
            SigningCredentials = await keys.GetCurrentAsync(cancellationToken),
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                [JwtRegisteredClaimNames.Sub] = account.Id.ToString(),
                [JwtRegisteredClaimNames.Jti] = Guid.CreateVersion7(time.GetUtcNow()).ToString(),
                [JwtRegisteredClaimNames.PreferredUsername] = account.UserName!,
                [AccessTokenValidator.SessionClaim] = sessionId.ToString(),
                [AccessTokenValidator.StampClaim] = AccountState.HashStamp(account.SecurityStamp!),
                ["roles"] = account.Roles,
                ["permissions"] = Roles.PermissionsOf(account.Roles).Order(StringComparer.Ordinal).ToArray(),
            },
        });
    }
}
