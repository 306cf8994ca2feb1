namespace Capibara6.Worker.Reflection;

/// <summary>Messages of this feature: event ids 2300 to 2399.</summary>
internal static partial class ReflectionLog
{
    [LoggerMessage(EventId = 2300, Level = LogLevel.Warning, Message = "Judging answers stopped for the moment and will go on: {Reason}")]
    public static partial void Failed(ILogger logger, string reason);
}
