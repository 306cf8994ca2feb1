namespace Capibara6.Core.Identity.Credentials;

/// <summary>What a credential proves. Closed: a switch over the three cases is complete.</summary>
public abstract record CredentialCheck
{
    private CredentialCheck()
    {
    }

    /// <summary>It counts, now.</summary>
    public sealed record Accepted(Identified Identity) : CredentialCheck;

    /// <summary>It doesn't. The reason is for the log, never for the client.</summary>
    public sealed record Rejected(string Reason) : CredentialCheck;

    /// <summary>Not looked at: this client has shown too many bad ones.</summary>
    public sealed record Limited(TimeSpan RetryAfter) : CredentialCheck;

    /// <summary>Nobody can say: the database is away. Not the client's fault, so never a 401.</summary>
    public sealed record Unavailable : CredentialCheck;
}

/// <summary>A caller, and what the front door needs beside it.</summary>
/// <param name="Caller">On whose behalf.</param>
/// <param name="Roles">The account's roles.</param>
/// <param name="SessionId">The session of an access token; null for an API key.</param>
/// <param name="RateLimits">The account's own limits, by policy name.</param>
public sealed record Identified(
    Caller Caller, IReadOnlyList<string> Roles, Guid? SessionId, IReadOnlyDictionary<string, int> RateLimits);

/// <summary>Says who somebody is from what the request carries. Hot: a memory look-up when it was asked a moment ago.</summary>
public interface ICredentials
{
    /// <summary>An access token of ours.</summary>
    /// <param name="client">Who shows it, as limits count clients: bad ones count against it.</param>
    ValueTask<CredentialCheck> CheckTokenAsync(string token, string client, CancellationToken cancellationToken);

    /// <param name="client">Who shows it, as limits count clients: bad ones count against it.</param>
    ValueTask<CredentialCheck> CheckApiKeyAsync(string key, string client, CancellationToken cancellationToken);

    /// <summary>
    /// Whoever sits at this machine and shows nothing; for Development. May read and execute as far as the role does, and nothing
    /// else: <see cref="Caller.IsLocal"/>.
    /// </summary>
    ValueTask<CredentialCheck> CheckLocalAsync(string role, CancellationToken cancellationToken);

    /// <summary>Somebody whom the outside provider vouches for, already validated: finds or makes the account.</summary>
    /// <param name="externalId"><c>tenant/object</c>, unique and never reassigned.</param>
    /// <param name="roles">Our roles, as the provider's app roles name them; unknown ones count for nothing.</param>
    ValueTask<CredentialCheck> CheckExternalAsync(
        string externalId, string name, IReadOnlyCollection<string> roles, CancellationToken cancellationToken);
}
