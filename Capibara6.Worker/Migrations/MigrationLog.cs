namespace Capibara6.Worker.Migrations;

/// <summary>Messages of this feature: event ids 2000 to 2099.</summary>
internal static partial class MigrationLog
{
    [LoggerMessage(EventId = 2000, Level = LogLevel.Critical, Message = "The schema can't be migrated; stopping")]
    public static partial void Failed(ILogger logger, Exception exception);
}
