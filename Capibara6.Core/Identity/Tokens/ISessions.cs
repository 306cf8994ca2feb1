using Capibara6.Core.Identity.Audit;

namespace Capibara6.Core.Identity.Tokens;

/// <summary>Logging in, staying in, logging out.</summary>
public interface ISessions
{
    /// <summary>Name and password against a pair of tokens. Every failure looks and lasts alike, whether the account exists or not.</summary>
    Task<Outcome<TokenPair>> LogInAsync(string name, string password, RequestOrigin origin, CancellationToken cancellationToken);

    /// <summary>
    /// A refresh token against a new pair. It counts once: whoever shows it again, the thief or the owner, ends the
    /// session, and there is no grace time. A client that lost the answer logs in again.
    /// </summary>
    Task<Outcome<TokenPair>> RefreshAsync(string refreshToken, RequestOrigin origin, CancellationToken cancellationToken);

    /// <summary>Ends the session that a refresh token belongs to; a token that is unknown is already logged out.</summary>
    Task LogOutAsync(string refreshToken, CancellationToken cancellationToken);

    /// <summary>Ends a session of the caller's own.</summary>
    Task LogOutAsync(Caller caller, Guid sessionId, CancellationToken cancellationToken);
}

/// <param name="ExpiresIn">Lifetime of the access token.</param>
public sealed record TokenPair(string AccessToken, string RefreshToken, TimeSpan ExpiresIn)
{
    // Records print their members; these must never be printed.
    public override string ToString() => nameof(TokenPair);
}
