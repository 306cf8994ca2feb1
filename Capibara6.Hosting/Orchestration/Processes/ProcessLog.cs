using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.Orchestration.Processes;

/// <summary>Event ids 600 to 619.</summary>
internal static partial class ProcessLog
{
    [LoggerMessage(EventId = 600, Level = LogLevel.Debug, Message = "{Program} ({Pid}) did not end when asked; killing it")]
    public static partial void Killing(ILogger logger, string program, int pid);

    [LoggerMessage(EventId = 601, Level = LogLevel.Error, Message = "The reader of the output of {Program} ({Pid}) failed")]
    public static partial void LineHandlerFailed(ILogger logger, Exception error, string program, int pid);

    [LoggerMessage(EventId = 602, Level = LogLevel.Debug, Message = "The guardian process ended by itself; starting another")]
    public static partial void GuardianRestarted(ILogger logger);

    [LoggerMessage(EventId = 603, Level = LogLevel.Warning,
        Message = "An earlier run ended without stopping its processes; ended {Count} of them")]
    public static partial void LeftoversEnded(ILogger logger, int count);

    [LoggerMessage(EventId = 604, Level = LogLevel.Warning,
        Message = "The guardian process could not be started; after a crash of this process its children have to be ended by hand, or by the next start")]
    public static partial void GuardianMissing(ILogger logger, Exception error);

    [LoggerMessage(EventId = 605, Level = LogLevel.Warning, Message = "The run record {File} can't be read; delete it")]
    public static partial void RecordUnreadable(ILogger logger, Exception error, string file);
}
