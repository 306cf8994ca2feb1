using Microsoft.Extensions.Logging;

namespace Capibara6.Core.Measurements;

/// <summary>Messages of this feature: event ids 1800 to 1849.</summary>
internal static partial class MeasurementLog
{
    [LoggerMessage(EventId = 1800, Level = LogLevel.Information, Message = "The measurements' schema fits; {Steps} steps were applied; it uses {Sort}")]
    public static partial void Migrated(ILogger logger, int steps, string sort);

    [LoggerMessage(EventId = 1801, Level = LogLevel.Warning, Message = "TimescaleDB is installed and can't be used (SQLSTATE {SqlState}); PostgreSQL's own partitions are")]
    public static partial void NoExtension(ILogger logger, string sqlState);

    [LoggerMessage(EventId = 1802, Level = LogLevel.Warning, Message = "The main database has another history than the measurements know; copying from its beginning")]
    public static partial void OtherHistory(ILogger logger);

    [LoggerMessage(EventId = 1803, Level = LogLevel.Warning, Message = "Measurements can't be read: {Reason}")]
    public static partial void NotRead(ILogger logger, string reason);
}
