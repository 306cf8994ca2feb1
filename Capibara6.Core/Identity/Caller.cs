namespace Capibara6.Core.Identity;

/// <summary>On whose behalf something is done. The edges make it from what the request proved; Core decides ownership by it.</summary>
/// <param name="AccountId">The account; <see cref="Guid.Empty"/> for the system itself.</param>
/// <param name="Name">The account's name, for people.</param>
/// <param name="Permissions">What this caller may do: the account's permissions, narrowed by its key.</param>
public sealed record Caller(Guid AccountId, string Name, IReadOnlySet<string> Permissions)
{
    /// <summary>The system itself: start-up and background work. It owns what nobody else does.</summary>
    public static Caller System { get; } = new(Guid.Empty, "system", new HashSet<string>(Identity.Permissions.All, StringComparer.Ordinal));

    /// <summary>The API key that was used; null for a token.</summary>
    public Guid? ApiKeyId { get; init; }

    /// <summary>Somebody at this machine who showed no credentials (Development only): may ask, and never makes what outlives the visit.</summary>
    public bool IsLocal { get; init; }

    public bool IsAdmin => Permissions.Contains(Identity.Permissions.Admin);
}

/// <summary>The permissions that roles are made of.</summary>
public static class Permissions
{
    public const string Read = "read";
    public const string Write = "write";
    public const string Execute = "execute";
    public const string Admin = "admin";
    public const string ApiAccess = "api_access";
    public const string GraphQLAccess = "graphql_access";

    public static IReadOnlyList<string> All { get; } = [Read, Write, Execute, Admin, ApiAccess, GraphQLAccess];
}
