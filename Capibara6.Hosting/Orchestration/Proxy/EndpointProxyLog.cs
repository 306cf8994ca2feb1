using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.Orchestration.Proxy;

internal static partial class EndpointProxyLog
{
    [LoggerMessage(EventId = 1300, Level = LogLevel.Debug,
        Message = "Port {Port} is open for endpoint {Endpoint} of {Resource}")]
    public static partial void Opened(ILogger logger, int port, string endpoint, string resource);

    [LoggerMessage(EventId = 1301, Level = LogLevel.Debug,
        Message = "Replica {Replica} of {Resource} refused a connection; another one is tried")]
    public static partial void Refused(ILogger logger, string replica, string resource);

    [LoggerMessage(EventId = 1302, Level = LogLevel.Warning,
        Message = "Replica {Replica} of {Resource} ended while it was answering {Method} {Path}")]
    public static partial void Lost(ILogger logger, string replica, string resource, string method, string path, Exception? exception);

    [LoggerMessage(EventId = 1303, Level = LogLevel.Debug,
        Message = "No replica of {Resource} was ready for {Method} {Path}")]
    public static partial void NoneReady(ILogger logger, string resource, string method, string path);

    [LoggerMessage(EventId = 1304, Level = LogLevel.Debug,
        Message = "No replica of {Resource} was ready for a connection")]
    public static partial void NoneReadyForConnection(ILogger logger, string resource);
}
