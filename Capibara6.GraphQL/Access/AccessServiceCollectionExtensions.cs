using Capibara6.Api.Access;
using Capibara6.Core.Identity;
using Capibara6.ServiceDefaults.Access;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Capibara6.GraphQLApi.Access;

internal static class AccessServiceCollectionExtensions
{
    /// <summary>The front door. Tokens are issued by the REST API; this service only checks them, and holds no private key.</summary>
    public static WebApplicationBuilder AddGraphQLAccess(this WebApplicationBuilder builder)
    {
        builder.AddAccess(Permissions.GraphQLAccess);
        CoreAccess.Bind(builder.Services);
        builder.Services.TryAddSingleton<IAccessRefusals, GraphQLRefusals>();
        builder.Services.TryAddSingleton<ICallerAccessor, CallerAccessor>();
        return builder;
    }
}
