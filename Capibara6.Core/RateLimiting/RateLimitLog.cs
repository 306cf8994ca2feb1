using Microsoft.Extensions.Logging;

namespace Capibara6.Core.RateLimiting;

/// <summary>Messages 3100 to 3199.</summary>
internal static partial class RateLimitLog
{
    [LoggerMessage(EventId = 3100, Level = LogLevel.Warning,
        Message = "Redis is away: rate limits hold per replica, not over all of them, until it is back ({Reason})")]
    public static partial void FellBack(ILogger logger, string reason);

    [LoggerMessage(EventId = 3101, Level = LogLevel.Information, Message = "Redis is back: rate limits hold over all replicas again")]
    public static partial void CameBack(ILogger logger);

    [LoggerMessage(EventId = 3102, Level = LogLevel.Debug, Message = "Places of running requests can't be renewed or given back: {Reason}")]
    public static partial void RenewalFailed(ILogger logger, string reason);
}
