using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Capibara6.GraphQLApi.Access;

internal static class AccessServiceCollectionExtensions
{
    public static IServiceCollection AddCallerAccessor(this IServiceCollection services)
    {
        services.TryAddSingleton<ICallerAccessor, SystemCallerAccessor>();
        return services;
    }
}
