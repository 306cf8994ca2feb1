using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.ApplicationModel;

internal static partial class NotificationLog
{
    [LoggerMessage(1, LogLevel.Debug, "Resource {ResourceId} changed its state: {Previous} -> {Current}")]
    public static partial void StateChanged(ILogger logger, string resourceId, string? previous, string? current);

    [LoggerMessage(2, LogLevel.Debug, "Resource {Resource} waits for {Dependency} to be healthy")]
    public static partial void Waiting(ILogger logger, string resource, string dependency);

    [LoggerMessage(3, LogLevel.Debug, "Resource {Resource} waited for {Dependency}, which is healthy")]
    public static partial void Waited(ILogger logger, string resource, string dependency);

    [LoggerMessage(4, LogLevel.Debug, "Resource {Resource} waits for {Dependency} to complete")]
    public static partial void WaitingForCompletion(ILogger logger, string resource, string dependency);

    [LoggerMessage(5, LogLevel.Debug, "The health check {Check} of resource {ResourceId} says {Status}: {Description}")]
    public static partial void HealthChanged(ILogger logger, string check, string resourceId, string status, string? description);

    [LoggerMessage(6, LogLevel.Error, "A handler for the event that resource {Resource} is ready failed")]
    public static partial void ReadyHandlerFailed(ILogger logger, string resource, Exception exception);

    [LoggerMessage(7, LogLevel.Warning, "The health checks of resource {Resource} could not be run")]
    public static partial void HealthChecksFailed(ILogger logger, string resource, Exception exception);
}
