using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.Eventing;

internal static partial class EventingLog
{
    [LoggerMessage(1, LogLevel.Error, "A handler of an event failed")]
    public static partial void HandlerFailed(ILogger logger, Exception exception);
}
