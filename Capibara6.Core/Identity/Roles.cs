namespace Capibara6.Core.Identity;

/// <summary>The roles, and the permissions that each is made of. Closed: an unknown role gives nothing.</summary>
public static class Roles
{
    public const string Admin = "admin";
    public const string Developer = "developer";
    public const string User = "user";
    public const string ReadOnly = "readonly";

    private static readonly Dictionary<string, string[]> s_permissions = new(StringComparer.Ordinal)
    {
        [Admin] = [.. Permissions.All],
        [Developer] = [Permissions.Read, Permissions.Write, Permissions.Execute, Permissions.ApiAccess, Permissions.GraphQLAccess],
        [User] = [Permissions.Read, Permissions.Execute, Permissions.ApiAccess, Permissions.GraphQLAccess],
        [ReadOnly] = [Permissions.Read, Permissions.ApiAccess],
    };

    public static IReadOnlyCollection<string> All => s_permissions.Keys;

    public static bool Exists(string role) => s_permissions.ContainsKey(role);

    /// <summary>The union of the roles' permissions.</summary>
    public static IReadOnlySet<string> PermissionsOf(IEnumerable<string> roles) =>
        roles.SelectMany(role => s_permissions.GetValueOrDefault(role, [])).ToHashSet(StringComparer.Ordinal);
}
