using Capibara6.Core.Data;
using Capibara6.Core.Identity.Accounts;
using Capibara6.Core.Identity.Audit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Identity.Passwords;

/// <summary>Notes wrong passwords in log and audit log.</summary>
internal sealed class LoginFailures(
    Capibara6DbContext database, AuditLog audit, IOptions<IdentitySettings> options, TimeProvider time, ILogger<LoginFailures> logger)
{
    /// <param name="action">What the password was for: one of <see cref="AuditActions"/>.</param>
    /// <param name="name">The name as it was typed.</param>
    public async Task RecordAsync(
        string action, Account? account, string name, RequestOrigin origin, PasswordGuess guess, CancellationToken cancellationToken)
    {
        IdentityLog.LoginFailed(logger, Printable(name), origin.Address);
        audit.Add(action, account?.Id, name, origin);
        if (guess.Locks && account is not null)
        {
            IdentityLog.LockedOut(logger, account.UserName!, time.GetUtcNow() + options.Value.LockoutDuration, origin.Address);
            audit.Add(AuditActions.AccountLocked, account.Id, account.UserName!, origin);
        }

        await database.SaveChangesAsync(cancellationToken);
    }

    // A name goes to the log as it was typed; control characters would forge lines.
    private static string Printable(string name) => string.Concat(name.Select(letter => char.IsControl(letter) ? '?' : letter));
}
