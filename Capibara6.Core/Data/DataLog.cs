using Microsoft.Extensions.Logging;

namespace Capibara6.Core.Data;

/// <summary>Messages of this feature: event ids 1100 to 1199.</summary>
internal static partial class DataLog
{
    [LoggerMessage(EventId = 1100, Level = LogLevel.Information, Message = "Applying {Count} migrations, the last is {Migration}")]
    public static partial void MigrationBegins(ILogger logger, int count, string migration);

    [LoggerMessage(EventId = 1101, Level = LogLevel.Information, Message = "The schema fits; {Count} migrations were applied")]
    public static partial void MigrationDone(ILogger logger, int count);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Warning, Message = "The database can't be migrated yet, next try in {Seconds} s: {Reason}")]
    public static partial void MigrationWaits(ILogger logger, double seconds, string reason);

    [LoggerMessage(EventId = 1103, Level = LogLevel.Error, Message = "The database is away: {Reason}")]
    public static partial void DatabaseLost(ILogger logger, string reason);

    [LoggerMessage(EventId = 1104, Level = LogLevel.Information, Message = "The database is there")]
    public static partial void DatabaseFound(ILogger logger);
}
