using Microsoft.Extensions.Logging;

namespace Capibara6.Core.Caching;

/// <summary>Messages of this feature: event ids 1500 to 1599.</summary>
internal static partial class CachingLog
{
    [LoggerMessage(EventId = 1500, Level = LogLevel.Information, Message = "The answer cache was cleared")]
    public static partial void Cleared(ILogger logger);
}
