using Capibara6.Hosting.Publishing.Compose;
using Capibara6.Hosting.Publishing.Kubernetes;
using Capibara6.Hosting.Publishing.Manifest;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Capibara6.Hosting.Publishing;

/// <summary>Registers the publishers, one line for each, and what chooses between them.</summary>
internal static class PublishingServiceCollectionExtensions
{
    public static IServiceCollection AddPublishing(this IServiceCollection services)
    {
        services.AddPublisher<ManifestPublisher>();
        services.AddPublisher<KubernetesPublisher>();
        services.AddPublisher<ComposePublisher>();
        services.AddSingleton<PublisherCatalog>();
        services.AddSingleton<PublishingRun>();
        return services;
    }

    public static IServiceCollection AddPublisher<TPublisher>(this IServiceCollection services) where TPublisher : class, IPublisher
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPublisher, TPublisher>());
        return services;
    }
}
