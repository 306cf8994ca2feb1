using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.ResourceService;

/// <summary>What the service tells about: the AppHost's own services, which live in another container than the server's.</summary>
internal sealed record ResourceServiceSource(ResourceNotificationService Notifications, ResourceLoggerService Loggers, ResourceCommandService Commands);
