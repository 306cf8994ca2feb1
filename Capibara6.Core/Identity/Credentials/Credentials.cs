using Capibara6.Core.Data;
using Capibara6.Core.Identity.ApiKeys;
using Capibara6.Core.Identity.Tokens;
using Microsoft.Extensions.Logging;

namespace Capibara6.Core.Identity.Credentials;

/// <summary>The one place that says who somebody is. PostgreSQL is the truth, at most a moment old.</summary>
internal sealed class Credentials(
    AccessTokenValidator tokens, AccountStates states, ExternalAccounts externals, ApiKeyUsage usage, TimeProvider time, ILogger<Credentials> logger) : ICredentials
{
    /// <summary>Far above what a look-up takes on a busy server: a request does not wait longer to hear who it is from.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public ValueTask<CredentialCheck> CheckTokenAsync(string token, CancellationToken cancellationToken) =>
        GuardAsync(() => TokenAsync(token, cancellationToken));

    public ValueTask<CredentialCheck> CheckApiKeyAsync(string key, CancellationToken cancellationToken) =>
        ApiKeyFormat.IsWellFormed(key)
            ? GuardAsync(() => KeyAsync(key, cancellationToken))
            : ValueTask.FromResult<CredentialCheck>(Refuse("key malformed"));

    public ValueTask<CredentialCheck> CheckExternalAsync(
        string externalId, string name, IReadOnlyCollection<string> roles, CancellationToken cancellationToken) =>
        GuardAsync(() => ExternalAsync(externalId, name, roles, cancellationToken));

    private async ValueTask<CredentialCheck> TokenAsync(string token, CancellationToken cancellationToken)
    {
        var validation = await tokens.ValidateAsync(token, cancellationToken);
        if (validation.Claims is not { } claims)
        {
            return Refuse(validation.Reason);
        }

        if (await states.FindSessionAsync(claims.SessionId, cancellationToken) is not { } state || !state.SessionCounts || !state.IsActive)
        {
            return Refuse("session ended");
        }

        return state.AccountId == claims.AccountId && state.StampHash == claims.StampHash
            ? Accept(state, state.Permissions, apiKeyId: null, claims.SessionId)
            : Refuse("account changed since the token was issued");
    }

    private async ValueTask<CredentialCheck> KeyAsync(string key, CancellationToken cancellationToken)
    {
        if (await states.FindKeyAsync(ApiKeyFormat.Hash(key), cancellationToken) is not { } found)
        {
            return Refuse("key unknown");
        }

        if (!found.CountsAt(usage.Now) || !found.Account.IsActive)
        {
            return Refuse("key revoked, expired, or of a deactivated account");
        }

        usage.Record(found.KeyId);
        return Accept(found.Account, found.Permissions, found.KeyId, sessionId: null);
    }

    private async ValueTask<CredentialCheck> ExternalAsync(
        string externalId, string name, IReadOnlyCollection<string> roles, CancellationToken cancellationToken)
    {
        string[] known = [.. roles.Where(Roles.Exists).Order(StringComparer.Ordinal)];
        if (known.Length == 0)
        {
            return Refuse("no app role of ours");
        }

        var state = await externals.FindOrCreateAsync(externalId, name, known, cancellationToken);
        return state.IsActive
            ? Accept(state with { Roles = known }, Roles.PermissionsOf(known), apiKeyId: null, sessionId: null)
            : Refuse("account deactivated");
    }

    private static CredentialCheck.Accepted Accept(AccountState state, IReadOnlySet<string> permissions, Guid? apiKeyId, Guid? sessionId) =>
        new(new Identified(
            new Caller(state.AccountId, state.Name, permissions) { ApiKeyId = apiKeyId }, state.Roles, sessionId, state.RateLimits));

    private CredentialCheck.Rejected Refuse(string reason)
    {
        IdentityLog.CredentialRefused(logger, reason);
        return new CredentialCheck.Rejected(reason);
    }

    private async ValueTask<CredentialCheck> GuardAsync(Func<ValueTask<CredentialCheck>> check)
    {
        try
        {
            var pending = check();
            return pending.IsCompleted ? await pending : await pending.AsTask().WaitAsync(s_patience, time);
        }
        catch (Exception exception) when (DatabaseFaults.IsAway(exception))
        {
            IdentityLog.CheckUnavailable(logger, exception);
            return new CredentialCheck.Unavailable();
        }
    }
}
