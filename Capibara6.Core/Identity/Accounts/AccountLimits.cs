namespace Capibara6.Core.Identity.Accounts;

/// <summary>Bounds on what an account is made of.</summary>
public static class AccountLimits
{
    public const int MinNameLength = 2;
    public const int MaxNameLength = 64;
    public const int MaxEmailLength = 254;

    /// <summary>Longer ones are refused before they are hashed.</summary>
    public const int MaxPasswordLength = 256;

    public const int MaxKeyNameLength = 100;

    /// <summary>Most accounts or events in one page of a list.</summary>
    public const int MaxPageSize = 100;
}
