using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.Orchestration.LocalServers;

/// <summary>Event ids 620 to 629.</summary>
internal static partial class LocalServerLog
{
    [LoggerMessage(EventId = 620, Level = LogLevel.Information, Message = "Fetching {Package} {Version}, once for this machine")]
    public static partial void Fetching(ILogger logger, string package, string version);

    [LoggerMessage(EventId = 621, Level = LogLevel.Debug, Message = "Preparing the data folder {Folder}")]
    public static partial void Preparing(ILogger logger, string folder);
}
