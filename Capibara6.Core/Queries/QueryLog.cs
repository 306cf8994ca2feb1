using Microsoft.Extensions.Logging;

namespace Capibara6.Core.Queries;

/// <summary>Messages of this feature: event ids 1000 to 1099. No query, no answer.</summary>
internal static partial class QueryLog
{
    [LoggerMessage(EventId = 1001, Level = LogLevel.Error, Message = "A query failed by a mistake in this program")]
    public static partial void Bug(ILogger logger, Exception exception);
}
