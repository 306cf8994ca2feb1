using Capibara6.Core.Data;
using Capibara6.Core.Identity.ApiKeys;
using Capibara6.Core.Identity.Tokens;
using Microsoft.Extensions.Logging;

namespace Capibara6.Core.Identity.Credentials;

/// <summary>The one place that says who somebody is. PostgreSQL is the truth, at most a moment old.</summary>
internal sealed class Credentials(
    AccessTokenValidator tokens, AccountStates states, ExternalAccounts externals, BadCredentials bad, ApiKeyUsage usage, TimeProvider time,
    ILogger<Credentials> logger) : ICredentials
{
    /// <summary>Far above what a look-up takes on a busy server: a request does not wait longer to hear who it is from.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private static readonly string[] s_local = [Permissions.Read, Permissions.Execute, Permissions.ApiAccess, Permissions.GraphQLAccess];

    public ValueTask<CredentialCheck> CheckTokenAsync(string token, string client, CancellationToken cancellationToken) =>
        GuardAsync(() => TokenAsync(token, client, cancellationToken));

    public ValueTask<CredentialCheck> CheckApiKeyAsync(string key, string client, CancellationToken cancellationToken) =>
        ApiKeyFormat.IsWellFormed(key)
            ? GuardAsync(() => KeyAsync(key, client, cancellationToken))
            : ValueTask.FromResult<CredentialCheck>(Refuse("key malformed"));

    public ValueTask<CredentialCheck> CheckLocalAsync(string role, CancellationToken cancellationToken) =>
        GuardAsync(() => LocalAsync(role, cancellationToken));

    public ValueTask<CredentialCheck> CheckExternalAsync(
        string externalId, string name, IReadOnlyCollection<string> roles, CancellationToken cancellationToken) =>
        GuardAsync(() => ExternalAsync(externalId, name, roles, cancellationToken));

    private async ValueTask<CredentialCheck> TokenAsync(string token, string client, CancellationToken cancellationToken)
    {
        var validation = await tokens.ValidateAsync(token, client, cancellationToken);
        if (validation.RetryAfter is { } wait)
        {
            return new CredentialCheck.Limited(wait);
        }

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

    private async ValueTask<CredentialCheck> KeyAsync(string key, string client, CancellationToken cancellationToken)
    {
        var hash = ApiKeyFormat.Hash(key);
        var costs = !states.Remembers(hash);
        if (costs && bad.Take(client) is { } wait)
        {
            return new CredentialCheck.Limited(wait);
        }

        if (await states.FindKeyAsync(hash, cancellationToken) is not { } found)
        {
            return Refuse("key unknown");
        }

        if (costs)
        {
            bad.GiveBack(client);
        }

        // Keys that a local caller could make once, before it was refused, don't count.
        if (!found.CountsAt(usage.Now) || !found.Account.IsActive || found.Account.IsLocal)
        {
            return Refuse("key revoked, expired, or of an account that doesn't count");
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

    private async ValueTask<CredentialCheck> LocalAsync(string role, CancellationToken cancellationToken)
    {
        var state = await externals.FindOrCreateAsync(AccountState.LocalIdentity, "local", [role], cancellationToken);
        if (!state.IsActive)
        {
            return Refuse("account deactivated");
        }

        var permissions = Roles.PermissionsOf([role]).Intersect(s_local, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        var accepted = Accept(state with { Roles = [role] }, permissions, apiKeyId: null, sessionId: null);
        return accepted with { Identity = accepted.Identity with { Caller = accepted.Identity.Caller with { IsLocal = true } } };
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
