using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.Orchestration.Containers;

/// <summary>Event ids 630 to 639.</summary>
internal static partial class ContainerLog
{
    [LoggerMessage(EventId = 630, Level = LogLevel.Information, Message = "Pulling the image {Image}")]
    public static partial void Pulling(ILogger logger, string image);

    [LoggerMessage(EventId = 631, Level = LogLevel.Warning, Message = "A run ended without removing all it had made; removing {Count} {What}")]
    public static partial void RemovingLeftovers(ILogger logger, int count, string what);

    [LoggerMessage(EventId = 632, Level = LogLevel.Information, Message = "The persistent container {Name} was made from another description; replacing it")]
    public static partial void Replacing(ILogger logger, string name);
}
