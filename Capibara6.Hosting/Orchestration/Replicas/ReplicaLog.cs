using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.Orchestration.Replicas;

internal static partial class ReplicaLog
{
    [LoggerMessage(EventId = 1320, Level = LogLevel.Error,
        Message = "{Instance} crashed with exit code {ExitCode} after {Lived}; it starts again in {Rest}{LastOutput}")]
    public static partial void Crashed(ILogger logger, string instance, int exitCode, TimeSpan lived, TimeSpan rest, string lastOutput);

    [LoggerMessage(EventId = 1321, Level = LogLevel.Error, Message = "The supervision of {Instance} failed")]
    public static partial void Faulted(ILogger logger, string instance, Exception exception);

    [LoggerMessage(EventId = 1322, Level = LogLevel.Error, Message = "{Resource} failed: {Reason}")]
    public static partial void Failed(ILogger logger, string resource, string reason);
}
