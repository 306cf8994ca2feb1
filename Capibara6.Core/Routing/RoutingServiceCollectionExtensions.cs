using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Routing;

/// <summary>The choice of the model.</summary>
public static class RoutingServiceCollectionExtensions
{
    public static IServiceCollection AddModelRouting(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(IModelRouter)))
        {
            return services;
        }

        services.AddOptions<RoutingOptions>().BindConfiguration(RoutingOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RoutingOptions>, RoutingOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RoutingOptions>, RoutingPolicyNameValidator>());
        services.AddSingleton<IRoutingPolicy, ComplexityPolicy>();
        services.AddSingleton<IRoutingPolicy>(new FixedPolicy(FixedPolicy.SmallName, large: false));
        services.AddSingleton<IRoutingPolicy>(new FixedPolicy(FixedPolicy.LargeName, large: true));
        services.AddSingleton<IModelRouter, ModelRouter>();
        return services;
    }
}
