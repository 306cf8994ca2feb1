namespace Capibara6.Worker.Duties;

/// <summary>Messages of this feature: event ids 2200 to 2299.</summary>
internal static partial class DutyLog
{
    [LoggerMessage(EventId = 2200, Level = LogLevel.Warning, Message = "The duty '{Duty}' failed and will be tried again: {Reason}")]
    public static partial void Failed(ILogger logger, string duty, string reason);
}
