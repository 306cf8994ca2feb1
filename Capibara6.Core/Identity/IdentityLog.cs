using Microsoft.Extensions.Logging;

namespace Capibara6.Core.Identity;

/// <summary>Messages 3000 to 3099. Never a password, a token, a key or a hash of one.</summary>
internal static partial class IdentityLog
{
    [LoggerMessage(EventId = 3000, Level = LogLevel.Warning,
        Message = "Development only: demo accounts exist with well-known passwords: {Accounts}")]
    public static partial void DemoAccounts(ILogger logger, string accounts);

    [LoggerMessage(EventId = 3001, Level = LogLevel.Information, Message = "First administrator {Name} created")]
    public static partial void FirstAdmin(ILogger logger, string name);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Warning,
        Message = "No account exists and Identity:AdminPassword is not set: nobody can log in. Set it and restart")]
    public static partial void NoAdminPassword(ILogger logger);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Warning, Message = "Refresh token reused: session {SessionId} of account {AccountId} revoked")]
    public static partial void RefreshTokenReused(ILogger logger, Guid sessionId, Guid accountId);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Information,
        Message = "Signing key {KeyId} published; it signs from {ActiveFrom:O}")]
    public static partial void SigningKeyCreated(ILogger logger, string keyId, DateTimeOffset activeFrom);

    [LoggerMessage(EventId = 3005, Level = LogLevel.Debug, Message = "Credential refused: {Reason}")]
    public static partial void CredentialRefused(ILogger logger, string reason);

    [LoggerMessage(EventId = 3006, Level = LogLevel.Error, Message = "Credentials can't be checked: the database is away")]
    public static partial void CheckUnavailable(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 3007, Level = LogLevel.Warning, Message = "Identity upkeep failed; it runs again in {Period}")]
    public static partial void UpkeepFailed(ILogger logger, TimeSpan period, Exception exception);

    [LoggerMessage(EventId = 3008, Level = LogLevel.Error,
        Message = "Signing key {KeyId} can't be decrypted, so another one signs: was the certificate of the key ring changed? "
            + "DataProtection:PreviousCertificatePath names the one before")]
    public static partial void SigningKeyUnreadable(ILogger logger, string keyId, Exception exception);

    [LoggerMessage(EventId = 3009, Level = LogLevel.Warning, Message = "Log-in to {Name} failed from {Address}")]
    public static partial void LoginFailed(ILogger logger, string name, string? address);

    [LoggerMessage(EventId = 3010, Level = LogLevel.Information, Message = "Waiting for the database before accounts can be prepared")]
    public static partial void WaitingForDatabase(ILogger logger);

    [LoggerMessage(EventId = 3011, Level = LogLevel.Warning, Message = "Too many wrong passwords for account {Name}: none counts until {Until:O} from {Address}, or from addresses that never logged in to it")]
    public static partial void LockedOut(ILogger logger, string name, DateTimeOffset until, string? address);
}
