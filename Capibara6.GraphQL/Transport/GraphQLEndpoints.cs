using Capibara6.Core;
using Capibara6.GraphQLApi.Errors;
using Capibara6.GraphQLApi.Subscriptions;

namespace Capibara6.GraphQLApi.Transport;

internal static class GraphQLEndpoints
{
    /// <summary>Maps the API, all methods of it, and an answer for every other path that says where it is.</summary>
    public static void MapGraphQL(this WebApplication app, string path)
    {
        app.Map(path, context => context.RequestServices.GetRequiredService<GraphQLOverHttp>().AnswerAsync(context))
            .RequireIdentity();
        app.Map(path, context => context.RequestServices.GetRequiredService<SocketEndpoint>().AcceptAsync(context))
            .WithMetadata(new TakesWebSockets())
            .AllowPublic();
        app.MapFallback(context =>
        {
            var refused = new RefusedException(
                StatusCodes.Status404NotFound,
                new Failure(EdgeCodes.NotFound, FailureKind.NotFound, $"There is nothing at this address; the API is at {path}."));
            return context.RequestServices.GetRequiredService<ResponseWriter>().WriteRefusalAsync(context, refused, ResponseFormat.Json);
        }).AllowPublic();
    }
}
