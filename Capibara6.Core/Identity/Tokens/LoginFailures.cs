using Capibara6.Core.Data;
using Capibara6.Core.Identity.Accounts;
using Capibara6.Core.Identity.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Identity.Tokens;

/// <summary>Notes failed log-ins and locks accounts. Counted in SQL: parallel guesses all count.</summary>
internal sealed class LoginFailures(
    Capibara6DbContext database, AuditLog audit, IOptions<IdentitySettings> options, TimeProvider time, ILogger<LoginFailures> logger)
{
    /// <param name="countIt">Whether it brings the account nearer to being locked.</param>
    public async Task RecordAsync(Account? account, string name, RequestOrigin origin, bool countIt, CancellationToken cancellationToken)
    {
        IdentityLog.LoginFailed(logger, Printable(name), origin.Address);
        audit.Add(AuditActions.LoginFailed, account?.Id, name, origin);
        await CountAsync(countIt ? account : null, origin, cancellationToken);
        await database.SaveChangesAsync(cancellationToken);
    }

    // Without an account the statement runs all the same and finds nothing: its time must not tell which it was.
    private async Task CountAsync(Account? account, RequestOrigin origin, CancellationToken cancellationToken)
    {
        var max = options.Value.MaxFailedLogins;
        DateTimeOffset? until = time.GetUtcNow() + options.Value.LockoutDuration;
        var id = account?.Id ?? Guid.Empty;
        await database.Set<Account>().Where(found => found.Id == id).ExecuteUpdateAsync(
            change => change
                .SetProperty(found => found.LockoutEnd, found => found.AccessFailedCount + 1 >= max ? until : found.LockoutEnd)
                .SetProperty(found => found.AccessFailedCount, found => found.AccessFailedCount + 1 >= max ? 0 : found.AccessFailedCount + 1),
            cancellationToken);
        if (account is not null && account.AccessFailedCount + 1 >= max)
        {
            IdentityLog.LockedOut(logger, account.UserName!, until.Value);
            audit.Add(AuditActions.AccountLocked, account.Id, account.UserName!, origin);
        }
    }

    // A name goes to the log as it was typed; control characters would forge lines.
    private static string Printable(string name) => string.Concat(name.Select(letter => char.IsControl(letter) ? '?' : letter));
}
