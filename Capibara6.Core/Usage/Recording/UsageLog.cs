using Microsoft.Extensions.Logging;

namespace Capibara6.Core.Usage;

/// <summary>Messages of this feature: event ids 1400 to 1449.</summary>
internal static partial class UsageLog
{
    [LoggerMessage(EventId = 1400, Level = LogLevel.Error, Message = "The records of {Bytes} bytes wait to be written down; further ones are lost")]
    public static partial void SpoolFull(ILogger logger, long bytes);

    [LoggerMessage(EventId = 1401, Level = LogLevel.Error, Message = "{Count} usage records could not be written down (SQLSTATE {SqlState})")]
    public static partial void WriteFailed(ILogger logger, int count, string sqlState);

    [LoggerMessage(EventId = 1402, Level = LogLevel.Error, Message = "{Count} usage records are lost")]
    public static partial void Lost(ILogger logger, int count);

    [LoggerMessage(EventId = 1403, Level = LogLevel.Warning, Message = "No file can be written in {Folder} ({Reason}): until one can, a kill of this process loses what is not yet in the database")]
    public static partial void NoSpool(ILogger logger, string folder, string reason);

    [LoggerMessage(EventId = 1404, Level = LogLevel.Warning, Message = "{Bytes} bytes of usage records were left by a process that was killed; writing them down now")]
    public static partial void Adopted(ILogger logger, long bytes);

    [LoggerMessage(EventId = 1405, Level = LogLevel.Warning, Message = "Usage records wait for the database ({Reason})")]
    public static partial void Waiting(ILogger logger, string reason);

    [LoggerMessage(EventId = 1406, Level = LogLevel.Information, Message = "{Bytes} bytes of usage records stay in {Folder} for the next start")]
    public static partial void Kept(ILogger logger, long bytes, string folder);
}
