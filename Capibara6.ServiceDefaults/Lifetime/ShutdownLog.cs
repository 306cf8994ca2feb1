using Microsoft.Extensions.Logging;

namespace Capibara6.ServiceDefaults.Lifetime;

internal static partial class ShutdownLog
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Information,
        Message = "Asked to stop: not ready any more, accepting requests for another {Delay}")]
    public static partial void Draining(ILogger logger, TimeSpan delay);
}
