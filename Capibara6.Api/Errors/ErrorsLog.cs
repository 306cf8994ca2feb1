namespace Capibara6.Api.Errors;

internal static partial class ErrorsLog
{
    [LoggerMessage(EventId = 4000, Level = LogLevel.Error, Message = "A request failed on an exception that nothing expected")]
    public static partial void Unhandled(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 4001, Level = LogLevel.Warning, Message = "The database can't be reached: {Reason}")]
    public static partial void DatabaseUnavailable(ILogger logger, string reason);
}
