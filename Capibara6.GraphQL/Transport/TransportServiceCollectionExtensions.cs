using Capibara6.Core.Queries;
using Capibara6.GraphQLApi.Subscriptions;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Capibara6.GraphQLApi.Transport;

internal static class TransportServiceCollectionExtensions
{
    /// <summary>GraphQL over HTTP, within the bounds that hold at every edge.</summary>
    public static IServiceCollection AddGraphQLTransport(this IServiceCollection services)
    {
        services.AddOptions<GraphQLTransportOptions>().BindConfiguration(GraphQLTransportOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<GraphQLTransportOptions>, GraphQLTransportOptionsValidator>());
        services.AddSingleton<ParameterReader>();
        services.AddSingleton<ResponseWriter>();
        services.AddSingleton<OperationRunner>();
        services.AddSingleton<GraphQLOverHttp>();
        services.AddSubscriptions();

        // Over TLS too: there are no cookies, so nobody can have a browser ask for a secret beside a text of their own.
        services.AddResponseCompression(compression =>
        {
            compression.EnableForHttps = true;
            compression.MimeTypes = [ResponseFormat.Json.MediaType, ResponseFormat.GraphQLResponse.MediaType];
        });
        services.AddConnectionLimits(QueryLimits.MaxRequestBytes);
        return services;
    }
}
