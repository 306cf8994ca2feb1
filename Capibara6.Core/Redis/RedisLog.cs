using Microsoft.Extensions.Logging;

namespace Capibara6.Core.Redis;

/// <summary>Messages of this feature: event ids 1300 to 1399.</summary>
internal static partial class RedisLog
{
    [LoggerMessage(EventId = 1300, Level = LogLevel.Warning, Message = "Redis is away ({Reason}): going on without the shared cache and messages")]
    public static partial void Lost(ILogger logger, string reason);

    [LoggerMessage(EventId = 1301, Level = LogLevel.Information, Message = "Redis is there")]
    public static partial void Found(ILogger logger);

    [LoggerMessage(EventId = 1302, Level = LogLevel.Warning, Message = "Can't subscribe to {Channel} ({Reason}): relying on polling")]
    public static partial void SubscriptionFailed(ILogger logger, string channel, string reason);
}
