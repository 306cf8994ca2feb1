using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Capibara6.ServiceDefaults.Clients.Redis;

/// <summary>
/// Says once that the connection is lost, with the driver's reason, and once that it is back. The driver's own log repeats
/// stack traces at every attempt; give <c>ConfigurationOptions.LoggerFactory</c> to have it all the same.
/// </summary>
internal sealed partial class RedisConnectionLog
{
    private readonly ILogger _logger;
    private int _lost;

    private RedisConnectionLog(ILogger logger) => _logger = logger;

    public static void Follow(IConnectionMultiplexer multiplexer, ILogger logger)
    {
        var log = new RedisConnectionLog(logger);
        multiplexer.ConnectionFailed += (_, failure) => log.Lost(failure.EndPoint?.ToString() ?? "the server", failure.FailureType.ToString());
        multiplexer.ConnectionRestored += (_, restored) => log.Back(restored.EndPoint?.ToString() ?? "the server");
        if (!multiplexer.IsConnected)
        {
            log.Lost(string.Join(", ", multiplexer.GetEndPoints().Select(endpoint => endpoint.ToString())), "UnableToConnect");
        }
    }

    private void Lost(string endpoint, string reason)
    {
        if (Interlocked.Exchange(ref _lost, 1) == 0)
        {
            LogLost(_logger, endpoint, reason);
        }
    }

    private void Back(string endpoint)
    {
        if (Interlocked.Exchange(ref _lost, 0) == 1)
        {
            LogBack(_logger, endpoint);
        }
    }

    [LoggerMessage(EventId = 110, Level = LogLevel.Warning, Message = "Redis at {Endpoint} can't be reached ({Reason}); trying on in the background")]
    private static partial void LogLost(ILogger logger, string endpoint, string reason);

    [LoggerMessage(EventId = 111, Level = LogLevel.Information, Message = "Redis at {Endpoint} is back")]
    private static partial void LogBack(ILogger logger, string endpoint);
}
