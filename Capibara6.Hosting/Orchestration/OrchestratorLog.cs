using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.Orchestration;

internal static partial class OrchestratorLog
{
    [LoggerMessage(EventId = 1340, Level = LogLevel.Error, Message = "Stopping {Resource} failed")]
    public static partial void StopFailed(ILogger logger, string resource, Exception exception);

    [LoggerMessage(EventId = 1341, Level = LogLevel.Error, Message = "{Resource} could not be initialized")]
    public static partial void InitializeFailed(ILogger logger, string resource, Exception exception);

    [LoggerMessage(EventId = 1343, Level = LogLevel.Warning, Message = "An earlier run may have left containers, which can't be removed: {Reason}")]
    public static partial void LeftoversStay(ILogger logger, string reason);

    [LoggerMessage(EventId = 1342, Level = LogLevel.Information, Message = "Servers run {How}")]
    public static partial void Placed(ILogger logger, string how);
}
