using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.ApplicationModel;

internal static partial class CommandLog
{
    [LoggerMessage(1, LogLevel.Information, "Executing command '{Command}'.")]
    public static partial void Executing(ILogger logger, string command);

    [LoggerMessage(2, LogLevel.Information, "Command '{Command}' {Outcome}. {Message}")]
    public static partial void Executed(ILogger logger, string command, string outcome, string? message);

    [LoggerMessage(3, LogLevel.Error, "Command '{Command}' failed.")]
    public static partial void Threw(ILogger logger, string command, Exception exception);
}
