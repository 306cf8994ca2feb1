using Microsoft.Extensions.Logging;

namespace Capibara6.Core.Usage;

/// <summary>Messages of this feature: event ids 1400 to 1499.</summary>
internal static partial class UsageLog
{
    [LoggerMessage(EventId = 1400, Level = LogLevel.Error, Message = "{Length} answered queries wait to be written down; further ones are lost")]
    public static partial void QueueFull(ILogger logger, int length);

    [LoggerMessage(EventId = 1401, Level = LogLevel.Error, Message = "{Count} answered queries could not be written down (SQLSTATE {SqlState})")]
    public static partial void WriteFailed(ILogger logger, int count, string sqlState);

    [LoggerMessage(EventId = 1402, Level = LogLevel.Error, Message = "{Count} answered queries are lost to the records")]
    public static partial void Lost(ILogger logger, int count);
}
