namespace Capibara6.Hosting.LocalServers.Programs;

/// <summary>Event ids 620 to 629.</summary>
internal static partial class LocalServerLog
{
    [LoggerMessage(EventId = 620, Level = LogLevel.Information, Message = "Fetching {Package} {Version}, once for this machine")]
    public static partial void Fetching(ILogger logger, string package, string version);

    [LoggerMessage(EventId = 621, Level = LogLevel.Debug, Message = "Preparing the data folder {Folder}")]
    public static partial void Preparing(ILogger logger, string folder);

    [LoggerMessage(EventId = 622, Level = LogLevel.Warning, Message = "If this process is killed, local servers and their temporary folders may be left: no shell watches it")]
    public static partial void NoGuardian(ILogger logger, Exception error);

    [LoggerMessage(EventId = 623, Level = LogLevel.Information, Message = "Servers run {Where}")]
    public static partial void Placed(ILogger logger, string where);

    [LoggerMessage(EventId = 624, Level = LogLevel.Information, Message = "'{Server}' runs as {Description}")]
    public static partial void RunsAs(ILogger logger, string server, string description);

    [LoggerMessage(EventId = 625, Level = LogLevel.Warning, Message = "'{Server}' has ended ({State}, exit code {ExitCode}); starting it again")]
    public static partial void StartsAgain(ILogger logger, string server, string? state, int? exitCode);

    [LoggerMessage(EventId = 626, Level = LogLevel.Error, Message = "'{Server}' can't start: {Reason}")]
    public static partial void CannotStart(ILogger logger, string server, string reason);

    [LoggerMessage(EventId = 627, Level = LogLevel.Information, Message = "Everything is healthy{Urls}")]
    public static partial void Healthy(ILogger logger, string urls);
}
