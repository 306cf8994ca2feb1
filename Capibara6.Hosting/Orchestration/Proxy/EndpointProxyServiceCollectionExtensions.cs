using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Capibara6.Hosting.Orchestration.Proxy;

internal static class EndpointProxyServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IEndpointProxyFactory"/>.</summary>
    public static IServiceCollection AddEndpointProxy(this IServiceCollection services)
    {
        services.AddOptions<EndpointProxyOptions>().BindConfiguration(EndpointProxyOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<EndpointProxyOptions>, EndpointProxyOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<FreePorts>();
        services.TryAddSingleton<IEndpointProxyFactory, EndpointProxyFactory>();
        return services;
    }
}
