using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Capibara6.GraphQLApi.Subscriptions;

internal static class SubscriptionServiceCollectionExtensions
{
    /// <summary>Results that come one after the other: over WebSocket and as server-sent events.</summary>
    public static IServiceCollection AddSubscriptions(this IServiceCollection services)
    {
        services.AddOptions<SubscriptionOptions>().BindConfiguration(SubscriptionOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SubscriptionOptions>, SubscriptionOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, WebSocketMatcher>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ConnectionCredentials>();
        services.AddSingleton<EventStreamWriter>();
        services.AddSingleton<SocketOperations>();
        services.AddSingleton<SocketEndpoint>();
        return services;
    }
}
