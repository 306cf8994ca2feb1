using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Capibara6.ServiceDefaults.Access;

/// <summary>
/// Reads the one credential of a request: <c>Authorization: Bearer</c> with a token or a key, or <c>X-API-Key</c>. Two
/// credentials, or one that appears twice, are refused: proxies and servers would disagree on which one counts.
/// </summary>
internal sealed class AccessAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ICredentialGate gate,
    IAccessRefusals refusals, OutsideTokens outside, LocalCallers local)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Capibara6";
    public const string ApiKeyHeader = "X-API-Key";
    private const string BearerPrefix = "Bearer ";
    private const string ApiKeyPrefix = "cap6_";
    private CredentialVerdict _verdict;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var authorization = Request.Headers.Authorization;
        var apiKey = Request.Headers[ApiKeyHeader];
        if (authorization.Count + apiKey.Count > 1)
        {
            return AuthenticateResult.Fail("more than one credential");
        }

        CredentialVerdict? check = apiKey.Count == 1 ? await gate.CheckApiKeyAsync(apiKey[0] ?? string.Empty, ClientAddress.Of(Context), Context.RequestAborted)
            : authorization.Count == 1 ? await CheckBearerAsync(authorization[0] ?? string.Empty)
            : await local.CheckAsync(Context, gate);
        if (check is not { } verdict)
        {
            return AuthenticateResult.NoResult();
        }

        _verdict = verdict;
        return verdict.Identity is { } identity ? Succeed(identity) : AuthenticateResult.Fail("credential refused");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_verdict.State == CredentialState.Unavailable)
        {
            return refusals.WriteAsync(Context, AccessRefusal.Unavailable);
        }

        if (_verdict.State == CredentialState.Limited)
        {
            return refusals.WriteAsync(Context, AccessRefusal.TooManyBadCredentials(_verdict.RetryAfter));
        }

        Response.Headers.WWWAuthenticate = Request.Headers.ContainsKey(HeaderNames.Authorization) ? "Bearer error=\"invalid_token\"" : "Bearer";
        return refusals.WriteAsync(Context, AccessRefusal.Unauthenticated);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => refusals.WriteAsync(Context, AccessRefusal.Forbidden);

    private async ValueTask<CredentialVerdict> CheckBearerAsync(string header)
    {
        if (!header.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return CredentialVerdict.Rejected;
        }

        var credential = header[BearerPrefix.Length..].Trim();
        if (credential.StartsWith(ApiKeyPrefix, StringComparison.Ordinal))
        {
            return await gate.CheckApiKeyAsync(credential, ClientAddress.Of(Context), Context.RequestAborted);
        }

        var verdict = await gate.CheckTokenAsync(credential, ClientAddress.Of(Context), Context.RequestAborted);
        return verdict.State == CredentialState.Rejected ? await outside.CheckAsync(Context, gate) : verdict;
    }

    private AuthenticateResult Succeed(AccessIdentity identity)
    {
        Context.Features.Set(identity);
        var claims = new ClaimsIdentity(SchemeName, AccessClaims.Name, AccessClaims.Role);
        claims.AddClaim(new Claim(AccessClaims.Subject, identity.AccountId));
        claims.AddClaim(new Claim(AccessClaims.Name, identity.Name));
        foreach (var role in identity.Roles)
        {
            claims.AddClaim(new Claim(AccessClaims.Role, role));
        }

        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(claims), SchemeName));
    }
}

internal static class AccessClaims
{
    public const string Subject = "sub";
    public const string Name = "name";
    public const string Role = "role";
}
