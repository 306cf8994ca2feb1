using System.Diagnostics;
using Capibara6.Core.Identity.Credentials;
using Capibara6.Core.RateLimiting;
using Capibara6.ServiceDefaults.Access;

namespace Capibara6.Api.Access;

/// <summary>
/// Binds the front door to Core. Each service that lets somebody in compiles this one file: ServiceDefaults and Core know
/// nothing of each other (docs/adr/0020).
/// </summary>
internal sealed class CoreAccess(ICredentials credentials, IRateLimiter limiter) : ICredentialGate, ILimitGate
{
    public static IServiceCollection Bind(IServiceCollection services) => services
        .AddSingleton<CoreAccess>()
        .AddSingleton<ICredentialGate>(provider => provider.GetRequiredService<CoreAccess>())
        .AddSingleton<ILimitGate>(provider => provider.GetRequiredService<CoreAccess>());

    /// <summary>Who asks; null on a public call without credentials.</summary>
    public static Identified? IdentityOf(HttpContext context) => context.Features.Get<AccessIdentity>()?.Subject as Identified;

    public async ValueTask<CredentialVerdict> CheckTokenAsync(string token, string client, CancellationToken cancellationToken) =>
        Translate(await credentials.CheckTokenAsync(token, client, cancellationToken));

    public async ValueTask<CredentialVerdict> CheckApiKeyAsync(string key, string client, CancellationToken cancellationToken) =>
        Translate(await credentials.CheckApiKeyAsync(key, client, cancellationToken));

    public async ValueTask<CredentialVerdict> CheckLocalAsync(string role, CancellationToken cancellationToken) =>
        Translate(await credentials.CheckLocalAsync(role, cancellationToken));

    public async ValueTask<CredentialVerdict> CheckExternalAsync(
        string externalId, string name, IReadOnlyCollection<string> roles, CancellationToken cancellationToken) =>
        Translate(await credentials.CheckExternalAsync(externalId, name, roles, cancellationToken));

    public async ValueTask<LimitVerdict> EnterAsync(
        IReadOnlyList<LimitDraw> draws, string? concurrencySubject, int? concurrencyLimit, CancellationToken cancellationToken)
    {
        var request = new RateLimitRequest(
            [.. draws.Select(draw => new RateLimitDraw(draw.Policy, draw.Subject, draw.Permits))], concurrencySubject, concurrencyLimit);
        var decision = await limiter.AcquireAsync(request, cancellationToken);
        return new LimitVerdict(
            decision.Allowed, decision.Code, decision.RetryAfter,
            [.. decision.States.Select(StateOf)],
            decision.Lease);
    }

    public static LimitState StateOf(RateLimitState state) => new(state.Policy, state.Quota, state.Window, state.Remaining, state.Reset, state.Estimated);

    private static CredentialVerdict Translate(CredentialCheck check) => check switch
    {
        CredentialCheck.Accepted { Identity: var identity } => CredentialVerdict.Accepted(new AccessIdentity(
            identity.Caller.AccountId.ToString(), identity.Caller.Name, identity.Roles, identity.Caller.Permissions,
            identity.Caller.ApiKeyId?.ToString(), identity.RateLimits, identity)),
        CredentialCheck.Rejected => CredentialVerdict.Rejected,
        CredentialCheck.Limited { RetryAfter: var wait } => CredentialVerdict.Limited(wait),
        CredentialCheck.Unavailable => CredentialVerdict.Unavailable,
        _ => throw new UnreachableException(),
    };
}
