using Microsoft.Extensions.Logging;

namespace Capibara6.Core.Context;

/// <summary>Messages of this feature: event ids 2600 to 2699.</summary>
internal static partial class ContextLog
{
    [LoggerMessage(EventId = 2600, Level = LogLevel.Warning, Message = "A query goes on without context: {Reason}")]
    public static partial void NotFound(ILogger logger, string reason);

    [LoggerMessage(EventId = 2601, Level = LogLevel.Warning, Message = "The versions of the playbooks could not be read and will be again: {Reason}")]
    public static partial void NotRefreshed(ILogger logger, string reason);

    [LoggerMessage(EventId = 2602, Level = LogLevel.Warning, Message = "Notes of {Count} answers could not be written, so these can't be judged: {Reason}")]
    public static partial void NotesLost(ILogger logger, int count, string reason);

    [LoggerMessage(EventId = 2603, Level = LogLevel.Warning, Message = "An answer could not be judged: {Reason}")]
    public static partial void NotJudged(ILogger logger, string reason);
}
