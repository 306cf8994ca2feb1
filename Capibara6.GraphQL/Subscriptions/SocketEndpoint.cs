using Capibara6.Core;
using Capibara6.GraphQLApi.Errors;
using Capibara6.GraphQLApi.Transport;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing.Matching;
using Microsoft.Extensions.Options;

namespace Capibara6.GraphQLApi.Subscriptions;

/// <summary>WebSockets at the address of the API, speaking graphql-transport-ws.</summary>
internal sealed class SocketEndpoint(
    IServiceProvider services, ResponseWriter writer, IOptions<SubscriptionOptions> options, IHostApplicationLifetime lifetime)
{
    public const string Protocol = "graphql-transport-ws";

    public async Task AcceptAsync(HttpContext context)
    {
        if (!context.WebSockets.WebSocketRequestedProtocols.Contains(Protocol, StringComparer.Ordinal))
        {
            await writer.WriteRefusalAsync(
                context, RefusedException.Invalid(EdgeCodes.InvalidValue, $"WebSockets speak the subprotocol '{Protocol}' here; ask for it."), ResponseFormat.Json);
            return;
        }

        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await writer.WriteRefusalAsync(
                context,
                new RefusedException(
                    StatusCodes.Status503ServiceUnavailable,
                    new Failure(EdgeCodes.ShuttingDown, FailureKind.Unavailable, "This replica is about to stop; connect again.")),
                ResponseFormat.Json);
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = Protocol,
            KeepAliveInterval = options.Value.KeepAlive,
            KeepAliveTimeout = options.Value.SendTimeout,
        });
        await using var session = ActivatorUtilities.CreateInstance<SocketSession>(services, new SocketChannel(socket, options.Value.SendTimeout), context);
        await session.RunAsync();
    }
}

/// <summary>Marks the endpoint that takes WebSockets, at an address that another endpoint shares.</summary>
internal sealed class TakesWebSockets;

/// <summary>Chooses between the two by what the request is.</summary>
internal sealed class WebSocketMatcher : MatcherPolicy, IEndpointSelectorPolicy
{
    public override int Order => 0;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) =>
        endpoints.Any(endpoint => endpoint.Metadata.GetMetadata<TakesWebSockets>() is not null);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var isSocket = IsSocket(httpContext);
        var shared = Enumerable.Range(0, candidates.Count).Any(index => Takes(candidates, index));
        for (var index = 0; shared && index < candidates.Count; index++)
        {
            if (candidates.IsValidCandidate(index) && isSocket != Takes(candidates, index))
            {
                candidates.SetValidity(index, false);
            }
        }

        return Task.CompletedTask;
    }

    private static bool Takes(CandidateSet candidates, int index) => candidates[index].Endpoint.Metadata.GetMetadata<TakesWebSockets>() is not null;

    private static bool IsSocket(HttpContext context) =>
        (HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase))
        || context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: "websocket" };
}
