using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Identity;

/// <summary>Settings of accounts, tokens and keys: section <c>Identity</c>.</summary>
public sealed class IdentitySettings
{
    public const string SectionName = "Identity";

    /// <summary>Issuer of our tokens and base of the discovery addresses. The same on every replica and service.</summary>
    [Required]
    [Url]
    public string Issuer { get; set; } = "http://localhost:8000";

    [Required]
    public string Audience { get; set; } = "capibara6";

    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a refresh token may lie unused.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "90.00:00:00")]
    public TimeSpan RefreshTokenLifetime { get; set; } = TimeSpan.FromDays(14);

    /// <summary>After this a session ends, however often it was refreshed.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>A signing key signs this long, then the next one does.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "365.00:00:00")]
    public TimeSpan SigningKeyLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>A new signing key is published this long before it signs, so that everyone knows it by then.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan SigningKeyPublishAhead { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How stale a replica's knowledge of accounts, sessions and keys may be. Bounds how long a revoked one still passes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan CheckCacheLifetime { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Iterations of PBKDF2-HMAC-SHA512. OWASP's password storage sheet asks for 210,000.</summary>
    [Range(100_000, 10_000_000)]
    public int PasswordIterations { get; set; } = 210_000;

    [Range(8, 128)]
    public int MinPasswordLength { get; set; } = 12;

    /// <summary>Wrong passwords in a row for one account from one address, after which none from there counts for <see cref="LockoutDuration"/>.</summary>
    [Range(1, 100)]
    public int MaxFailedLogins { get; set; } = 10;

    /// <summary>
    /// Wrong passwords for one account from all addresses that never logged in to it, after which none from any such address counts
    /// for <see cref="LockoutDuration"/>. Addresses that did log in go on.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxFailedLoginsFromUnknownAddresses { get; set; } = 100;

    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan LockoutDuration { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Unknown keys and forged tokens that one address may show to one replica in a minute. More are refused unread, so that making
    /// them up costs whoever does it, and nobody else.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxBadCredentialsPerMinute { get; set; } = 60;

    /// <summary>Most API keys that an account may hold at a time.</summary>
    [Range(1, 1_000)]
    public int MaxApiKeysPerAccount { get; set; } = 50;

    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan AuditRetention { get; set; } = TimeSpan.FromDays(365);

    /// <summary>Password of the first administrator. Used once, when no account exists; a secret.</summary>
    public string? AdminPassword { get; set; }
}

/// <summary>Checks the ranges, and that the lifetimes fit each other.</summary>
internal sealed class IdentitySettingsValidator : IValidateOptions<IdentitySettings>
{
    public ValidateOptionsResult Validate(string? name, IdentitySettings options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        List<string> failures = [.. results.Select(result => $"{IdentitySettings.SectionName}: {result.ErrorMessage}")];
        if (options.SessionLifetime < options.AccessTokenLifetime)
        {
            failures.Add($"{IdentitySettings.SectionName}:SessionLifetime must be at least AccessTokenLifetime.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
