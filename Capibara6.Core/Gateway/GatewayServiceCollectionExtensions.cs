using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Capibara6.Core.Gateway;

/// <summary>The way of calls of OpenAI's protocol.</summary>
public static class GatewayServiceCollectionExtensions
{
    public static IServiceCollection AddGateway(this IServiceCollection services)
    {
        services.TryAddSingleton<GatewayRecord>();
        services.TryAddSingleton<IGateway, Gateway>();
        return services;
    }
}
