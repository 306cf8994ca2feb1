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
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RoutingOptions>, RoutingNamesValidator>());
        services.AddSingleton(_ => RouterModel.Load());
        services.AddSingleton<IRoutingPolicy, LearnedPolicy>();
        services.AddSingleton<IRoutingPolicy, RulesPolicy>();
        services.AddSingleton<IRoutingPolicy>(provider => new FixedPolicy(FixedPolicy.SmallName, large: false, provider.GetRequiredService<RouterModel>()));
        services.AddSingleton<IRoutingPolicy>(provider => new FixedPolicy(FixedPolicy.LargeName, large: true, provider.GetRequiredService<RouterModel>()));
        services.AddSingleton<IModelRouter, ModelRouter>();
        return services;
    }
}
