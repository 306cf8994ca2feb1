using Capibara6.Core.Data;
using Capibara6.Core.Identity.Accounts;
using Capibara6.Core.Identity.Audit;
using Capibara6.Core.Identity.Passwords;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Identity.Tokens;

/// <summary>
/// Compares a password. Always at the price of one hash and one audit event, so that neither the answer nor its time
/// tells whether the name exists, is locked or deactivated.
/// </summary>
internal sealed class LoginCheck(
    Capibara6DbContext database, UserManager<Account> users, DummyPassword dummy, PasswordGuesses guesses, LoginFailures failures, AccountBootstrap bootstrap)
{
    /// <summary>False until the accounts are known to be safe.</summary>
    public bool IsReady => bootstrap.Completion.IsCompletedSuccessfully;

    public async Task<Account?> VerifyAsync(string name, string password, RequestOrigin origin, CancellationToken cancellationToken)
    {
        if (name.Length is 0 or > AccountLimits.MaxNameLength || password.Length is 0 or > AccountLimits.MaxPasswordLength
            || name.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        var normalized = users.NormalizeName(name);
        var account = await database.Set<Account>().AsNoTracking().FirstOrDefaultAsync(found => found.NormalizedUserName == normalized, cancellationToken);

        // Counted before it is compared: guesses made at the same time don't all slip in before the first of them counts.
        var guess = await guesses.TakeAsync(account?.Id ?? PasswordGuesses.SubjectOf(normalized), origin, cancellationToken);
        var result = users.PasswordHasher.VerifyHashedPassword(account ?? dummy.Account, account?.PasswordHash ?? dummy.Hash, password);
        if (account?.PasswordHash is null || result == PasswordVerificationResult.Failed || account.DeactivatedAt is not null || !guess.MayCount)
        {
            await failures.RecordAsync(AuditActions.LoginFailed, account, name, origin, guess, cancellationToken);
            return null;
        }

        await guesses.ForgetAsync(account.Id, origin, cancellationToken);
        if (result == PasswordVerificationResult.SuccessRehashNeeded)
        {
            var hash = users.PasswordHasher.HashPassword(account, password);
            await database.Set<Account>().Where(found => found.Id == account.Id && found.PasswordHash == account.PasswordHash)
                .ExecuteUpdateAsync(change => change.SetProperty(found => found.PasswordHash, hash), cancellationToken);
        }

        return account;
    }
}

/// <summary>A hash that no password fits, of the same price as a real one.</summary>
internal sealed class DummyPassword(IOptions<PasswordHasherOptions> options)
{
    private readonly Lazy<string> _hash = new(
        () => new PasswordHasher<Account>(options).HashPassword(new Account(), OpaqueToken.Create()));

    public Account Account { get; } = new();

    public string Hash => _hash.Value;
}
