namespace Capibara6.ServiceDefaults.Access;

/// <summary>Says who a request is from. The host binds it to the product; this project knows nothing of accounts.</summary>
public interface ICredentialGate
{
    /// <param name="client">Who shows it, as limits count clients.</param>
    ValueTask<CredentialVerdict> CheckTokenAsync(string token, string client, CancellationToken cancellationToken);

    /// <param name="client">Who shows it, as limits count clients.</param>
    ValueTask<CredentialVerdict> CheckApiKeyAsync(string key, string client, CancellationToken cancellationToken);

    /// <summary>Somebody at this machine who shows no credentials, in Development.</summary>
    ValueTask<CredentialVerdict> CheckLocalAsync(string role, CancellationToken cancellationToken);

    /// <summary>Somebody whose token an outside provider signed; it has been validated.</summary>
    ValueTask<CredentialVerdict> CheckExternalAsync(
        string externalId, string name, IReadOnlyCollection<string> roles, CancellationToken cancellationToken);
}

public enum CredentialState
{
    Accepted,
    Rejected,

    /// <summary>It can't be checked now; that is not the client's fault.</summary>
    Unavailable,

    /// <summary>It wasn't looked at: this client has shown too many bad ones.</summary>
    Limited,
}

/// <param name="Identity">Who it is; null unless accepted.</param>
/// <param name="RetryAfter">When another try will be looked at; null unless limited.</param>
public readonly record struct CredentialVerdict(CredentialState State, AccessIdentity? Identity, TimeSpan? RetryAfter = null)
{
    public static CredentialVerdict Rejected => new(CredentialState.Rejected, null);

    public static CredentialVerdict Unavailable => new(CredentialState.Unavailable, null);

    public static CredentialVerdict Limited(TimeSpan retryAfter) => new(CredentialState.Limited, null, retryAfter);

    public static CredentialVerdict Accepted(AccessIdentity identity) => new(CredentialState.Accepted, identity);
}

/// <summary>Who a request is from, as far as the front door cares. A feature of the request once it is known.</summary>
/// <param name="AccountId">Whose limits and concurrency count.</param>
/// <param name="ApiKeyId">Null for a token.</param>
/// <param name="Limits">The account's own limits, by policy name.</param>
/// <param name="Subject">What the product itself calls this caller; the product's edges take it back from here.</param>
public sealed record AccessIdentity(
    string AccountId, string Name, IReadOnlyCollection<string> Roles, IReadOnlySet<string> Permissions, string? ApiKeyId,
    IReadOnlyDictionary<string, int> Limits, object Subject);
