using System.Buffers;
using System.Net.Mail;
using Capibara6.Core.Usage;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Identity.Accounts;

/// <summary>What an account may look like. Length is what makes a password strong (NIST SP 800-63B); no rules of composition.</summary>
internal sealed class AccountRules(IOptions<IdentitySettings> options)
{
    private const int MaxOverrides = 20;
    private const int MaxPermits = 1_000_000;
    private static readonly SearchValues<char> s_nameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@+");

    public Failure? Check(UserDraft draft) =>
        CheckName(draft.Name) ?? CheckPassword(draft.Password, draft.Name, "password") ?? CheckEmail(draft.Email)
        ?? CheckRoles(draft.Roles) ?? CheckRateLimits(draft.RateLimits) ?? BudgetChecks.Check(draft.Budget);

    public Failure? Check(UserChange change, Account account)
    {
        if (change.Password is not null && account.ExternalId is not null)
        {
            return IdentityFailures.Invalid("password", "This account logs in elsewhere; it has no password here.");
        }

        return (change.Password is { } password ? CheckPassword(password, account.UserName!, "password") : null)
            ?? CheckEmail(change.Email)
            ?? (change.Roles is { } roles ? CheckRoles(roles) : null)
            ?? CheckRateLimits(change.RateLimits)
            ?? BudgetChecks.Check(change.Budget);
    }

    public Failure? CheckPassword(string password, string name, string field)
    {
        var least = options.Value.MinPasswordLength;
        if (password.Length < least || password.Length > AccountLimits.MaxPasswordLength)
        {
            return IdentityFailures.Invalid(field, $"A password has {least} to {AccountLimits.MaxPasswordLength} characters.");
        }

        return password.Contains(name, StringComparison.OrdinalIgnoreCase) || password.Distinct().Count() < 4
            ? IdentityFailures.Invalid(field, "That password is too easy to guess.")
            : null;
    }

    private static Failure? CheckName(string name) =>
        name.Length is < AccountLimits.MinNameLength or > AccountLimits.MaxNameLength || name.AsSpan().ContainsAnyExcept(s_nameCharacters)
            ? IdentityFailures.Invalid(
                "username", $"A name has {AccountLimits.MinNameLength} to {AccountLimits.MaxNameLength} letters, digits and . _ - @ +.")
            : null;

    private static Failure? CheckEmail(string? email) =>
        email is not null && (email.Length > AccountLimits.MaxEmailLength || !MailAddress.TryCreate(email, out var address) || address.Address != email)
            ? IdentityFailures.Invalid("email", "That is not an e-mail address.")
            : null;

    private static Failure? CheckRoles(IReadOnlyList<string> roles) =>
        roles.Count == 0 || !roles.All(Roles.Exists)
            ? IdentityFailures.Invalid("roles", $"roles needs at least one of {string.Join(", ", Roles.All)}.")
            : null;

    private static Failure? CheckRateLimits(IReadOnlyDictionary<string, int>? limits) =>
        limits is not null && (limits.Count > MaxOverrides || limits.Any(limit => limit.Key.Length is 0 or > 40 || limit.Value is < 1 or > MaxPermits))
            ? IdentityFailures.Invalid("rate_limits", $"rate_limits maps at most {MaxOverrides} policy names to 1 to {MaxPermits} requests.")
            : null;
}
