using Capibara6.Core.Data;
using Capibara6.Core.Identity.Audit;
using Capibara6.Core.Identity.Credentials;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Capibara6.Core.Identity.Tokens;

/// <summary>Ends sessions, on every replica.</summary>
internal sealed class SessionEnding(
    Capibara6DbContext database, Revocations revocations, AuditLog audit, TimeProvider time, ILogger<SessionEnding> logger)
{
    /// <summary>A refresh token that was used before ends its session: somebody has a copy.</summary>
    public async Task PunishReuseAsync(byte[] hash, RequestOrigin origin, CancellationToken cancellationToken)
    {
        var reused = await database.Set<RefreshToken>().AsNoTracking()
            .Where(token => token.Hash == hash && token.UsedAt != null)
            .Select(token => new { Session = token.Session!, token.Session!.Account!.UserName })
            .FirstOrDefaultAsync(cancellationToken);
        if (reused is null || reused.Session.RevokedAt is not null)
        {
            return;
        }

        audit.Add(AuditActions.RefreshTokenReused, reused.Session.AccountId, reused.UserName!, origin, reused.Session.Id.ToString());
        await database.SaveChangesAsync(cancellationToken);
        await RevokeAsync(reused.Session, cancellationToken);
        IdentityLog.RefreshTokenReused(logger, reused.Session.Id, reused.Session.AccountId);
    }

    public async Task RevokeAsync(Session session, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await database.Set<Session>().Where(found => found.Id == session.Id && found.RevokedAt == null)
            .ExecuteUpdateAsync(change => change.SetProperty(found => found.RevokedAt, now), cancellationToken);
        await revocations.AnnounceAsync(session.AccountId);
    }
}
