namespace Capibara6.Core.Identity.Accounts;

/// <summary>The accounts of the original system's documentation. Development only: everybody knows their passwords.</summary>
internal static class DemoAccounts
{
    public static IReadOnlyList<(string Name, string Password, string Role)> All { get; } =
    [
        ("admin", "admin123", Roles.Admin),
        ("developer", "dev123", Roles.Developer),
        ("readonly", "readonly123", Roles.ReadOnly),
    ];
}
