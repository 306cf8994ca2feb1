using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Hosting.ResourceService;

/// <summary>Registers the resource service.</summary>
internal static class ResourceServiceCollectionExtensions
{
    /// <summary>Serves the state of resources to a dashboard, if there is one or an address is configured.</summary>
    public static IServiceCollection AddResourceService(this IServiceCollection services, IConfiguration configuration)
    {
        if (!ResourceServiceOptions.IsWanted(configuration))
        {
            return services;
        }

        services.AddSingleton(ResourceServiceOptions.Read(configuration));
        services.AddSingleton(provider => new ResourceServiceSource(
            provider.GetRequiredService<ResourceNotificationService>(),
            provider.GetRequiredService<ResourceLoggerService>(),
            provider.GetRequiredService<ResourceCommandService>()));
        services.AddSingleton<ResourceServiceHost>();
        services.AddHostedService(provider => provider.GetRequiredService<ResourceServiceHost>());
        return services;
    }
}
