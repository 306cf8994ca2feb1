using Capibara6.Core.Data;
using Capibara6.Core.Identity.Accounts;
using Capibara6.Core.Identity.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Identity.Tokens;

internal sealed class Sessions(
    Capibara6DbContext database, LoginCheck login, AccessTokenIssuer issuer, SessionEnding ending,
    IOptions<IdentitySettings> options, TimeProvider time) : ISessions
{
    public async Task<Outcome<TokenPair>> LogInAsync(string name, string password, RequestOrigin origin, CancellationToken cancellationToken)
    {
        if (!login.IsReady)
        {
            return DatabaseFaults.Unavailable;
        }

        if (await login.VerifyAsync(name, password, origin, cancellationToken) is not { } account)
        {
            return IdentityFailures.BadCredentials;
        }

        var refreshToken = OpaqueToken.Create();
        return await OpenAsync(account, refreshToken, cancellationToken) is { } session
            ? await PairAsync(account, session, refreshToken, cancellationToken)
            : IdentityFailures.BadCredentials;
    }

    public async Task<Outcome<TokenPair>> RefreshAsync(string refreshToken, RequestOrigin origin, CancellationToken cancellationToken)
    {
        if (!OpaqueToken.LooksRight(refreshToken))
        {
            return IdentityFailures.BadRefreshToken;
        }

        var hash = OpaqueToken.Hash(refreshToken);
        var next = OpaqueToken.Create();
        var nextHash = OpaqueToken.Hash(next);
        var now = time.GetUtcNow();
        var expires = now + options.Value.RefreshTokenLifetime;

        // One statement: the old token is used and the new one exists, or neither; of two at once, one wins.
        var exchanged = await database.Database.ExecuteSqlAsync(
            $"""
            WITH used AS (
                UPDATE refresh_tokens AS token SET used_at = {now}
                FROM sessions AS session, accounts AS account
                WHERE token.hash = {hash} AND token.used_at IS NULL AND token.expires_at > {now}
                    AND session.id = token.session_id AND session.revoked_at IS NULL AND session.expires_at > {now}
                    AND account.id = session.account_id AND account.deactivated_at IS NULL
                RETURNING token.session_id)
            INSERT INTO refresh_tokens (hash, session_id, expires_at) SELECT {nextHash}, session_id, {expires} FROM used
            """,
            cancellationToken);
        if (exchanged == 0)
        {
            await ending.PunishReuseAsync(hash, origin, cancellationToken);
            return IdentityFailures.BadRefreshToken;
        }

        var session = await database.Set<RefreshToken>().AsNoTracking()
            .Where(token => token.Hash == nextHash).Select(token => new { token.SessionId, token.Session!.Account })
            .SingleAsync(cancellationToken);
        return await PairAsync(session.Account!, session.SessionId, next, cancellationToken);
    }

    public async Task LogOutAsync(string refreshToken, CancellationToken cancellationToken)
    {
        if (!OpaqueToken.LooksRight(refreshToken))
        {
            return;
        }

        var hash = OpaqueToken.Hash(refreshToken);
        var session = await database.Set<RefreshToken>().AsNoTracking().Where(token => token.Hash == hash)
            .Select(token => token.Session).FirstOrDefaultAsync(cancellationToken);
        if (session is not null)
        {
            await ending.RevokeAsync(session, cancellationToken);
        }
    }

    public async Task LogOutAsync(Caller caller, Guid sessionId, CancellationToken cancellationToken)
    {
        var session = await database.Set<Session>().AsNoTracking()
            .FirstOrDefaultAsync(found => found.Id == sessionId && found.AccountId == caller.AccountId, cancellationToken);
        if (session is not null)
        {
            await ending.RevokeAsync(session, cancellationToken);
        }
    }

    /// <summary>
    /// Writes the session, but only if the account is still the one whose password was compared. The row is locked against a change
    /// of the password, which locks it too before it ends the sessions that there are: one of the two comes first, and sees the other.
    /// </summary>
    /// <returns>Null when the account has changed meanwhile.</returns>
    private async Task<Guid?> OpenAsync(Account account, string refreshToken, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var hash = OpaqueToken.Hash(refreshToken);
        var sessionExpires = now + options.Value.SessionLifetime;
        var tokenExpires = now + options.Value.RefreshTokenLifetime;
        var written = await database.Database.ExecuteSqlAsync(
            $"""
            WITH standing AS (
                SELECT id FROM accounts
                WHERE id = {account.Id} AND security_stamp = {account.SecurityStamp} AND deactivated_at IS NULL
                FOR SHARE),
            opened AS (
                INSERT INTO sessions (id, account_id, created_at, expires_at)
                SELECT {id}, standing.id, {now}, {sessionExpires} FROM standing
                RETURNING id)
            INSERT INTO refresh_tokens (hash, session_id, expires_at) SELECT {hash}, opened.id, {tokenExpires} FROM opened
            """,
            cancellationToken);
        return written == 1 ? id : null;
    }

    private async Task<TokenPair> PairAsync(Account account, Guid sessionId, string refreshToken, CancellationToken cancellationToken) =>
        new(await issuer.IssueAsync(account, sessionId, cancellationToken), refreshToken, options.Value.AccessTokenLifetime);
}
