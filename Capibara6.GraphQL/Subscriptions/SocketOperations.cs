using System.Text.Json;
using Capibara6.Core;
using Capibara6.Core.RateLimiting;
using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.Errors;
using Capibara6.GraphQLApi.Transport;
using Capibara6.ServiceDefaults.Access;
using GraphQL;
using GraphQLParser.AST;

namespace Capibara6.GraphQLApi.Subscriptions;

/// <summary>Carries out the operations of a WebSocket: any operation, each within the account's limits, its results one by one.</summary>
internal sealed class SocketOperations(
    OperationRunner runner, ICallerAccessor callers, IRateLimiter limiter, IGraphQLTextSerializer serializer, IServiceScopeFactory scopes, ILogger<SocketOperations> logger)
{
    private static readonly Failure s_tooMany = new(
        FailureCodes.ConcurrencyLimited, FailureKind.RateLimited, "This connection has as many operations running as it may; wait for one to end.");

    public async Task RunAsync(
        HttpContext context, SocketChannel channel, string id, RequestParameters parameters, bool admitted, CancellationToken cancellationToken)
    {
        try
        {
            if (!admitted)
            {
                await FailAsync(channel, id, new ExecutionResult { Errors = [new FailureError(s_tooMany)] }, cancellationToken);
                return;
            }

            var decision = await EnterAsync(context, cancellationToken);
            using (decision.Lease)
            {
                if (decision.Allowed)
                {
                    await AnswerAsync(context, channel, id, parameters, cancellationToken);
                    return;
                }

                var failure = new Failure(
                    decision.Code ?? FailureCodes.RateLimited, FailureKind.RateLimited, "Too many requests; wait as long as retryAfterSeconds says.") { RetryAfter = decision.RetryAfter };
                await FailAsync(channel, id, new ExecutionResult { Errors = [new FailureError(failure)] }, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The client has left the operation, or the connection has ended.
        }
#pragma warning disable CA1031 // A bug in one operation must not end the connection of the others.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await FailAsync(channel, id, StreamErrors.ResultOf(exception, logger), CancellationToken.None);
        }
    }

    private async Task AnswerAsync(HttpContext context, SocketChannel channel, string id, RequestParameters parameters, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        using var window = new StreamWindow();
        var user = callers.UserOf(context).ToContext();
        StreamWindow.AddTo(user, window);
        var result = await runner.RunAsync(parameters, user, scope.ServiceProvider, streams: true, cancellationToken);
        var hasNoSource = result.Operation?.Operation == OperationType.Subscription && result.Streams is null;
        if (!result.Executed || hasNoSource)
        {
            await FailAsync(channel, id, result, cancellationToken);
            return;
        }

        if (result.Streams is null)
        {
            await NextAsync(channel, id, result, cancellationToken);
        }
        else
        {
            await foreach (var item in ResultStream.ReadAsync(result, window, cancellationToken))
            {
                await NextAsync(channel, id, item, cancellationToken);
            }
        }

        await channel.SendAsync(SocketMessage.Write(SocketMessage.Complete, id), cancellationToken);
    }

    private ValueTask<RateLimitDecision> EnterAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var identity = context.Features.Get<AccessIdentity>()!;
        return limiter.AcquireAsync(
            new RateLimitRequest(
                [new(RateLimitOptions.AccountPolicy, identity.AccountId, LimitOf(identity, RateLimitOptions.AccountPolicy))],
                identity.AccountId, LimitOf(identity, RateLimitOptions.ConcurrencyName)),
            cancellationToken);
    }

    private Task NextAsync(SocketChannel channel, string id, ExecutionResult result, CancellationToken cancellationToken) =>
        channel.SendAsync(SocketMessage.Write(SocketMessage.Next, id, serializer.Serialize(result)), cancellationToken);

    // Errors alone are the payload of an error that ends the operation.
    private Task FailAsync(SocketChannel channel, string id, ExecutionResult result, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(serializer.Serialize(result));
        return channel.SendAsync(SocketMessage.Write(SocketMessage.Error, id, document.RootElement.GetProperty("errors").GetRawText()), cancellationToken);
    }

    private static int? LimitOf(AccessIdentity identity, string name) => identity.Limits.TryGetValue(name, out var limit) ? limit : null;
}
