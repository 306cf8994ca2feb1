using Capibara6.Api.Access;
using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.Errors;
using Capibara6.GraphQLApi.Subscriptions;
using Capibara6.ServiceDefaults.Access;
using GraphQL;

namespace Capibara6.GraphQLApi.Transport;

/// <summary>One request of GraphQL over HTTP: choose the format, read, bound, execute, answer.</summary>
internal sealed class GraphQLOverHttp(
    ParameterReader reader, ResponseWriter writer, EventStreamWriter events, ICallerAccessor callers, OperationRunner runner, OperationLimits limits,
    ILogger<GraphQLOverHttp> logger)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var format = ResponseFormat.Negotiate(context.Request);
        try
        {
            var request = await reader.ReadAsync(context.Request, context.RequestAborted);
            var streams = ResponseFormat.TakesEvents(context.Request);
            if (format is null && (!streams || request.IsBatch))
            {
                throw RefusedException.NotAcceptable();
            }

            await (request.IsBatch
                ? AnswerBatchAsync(context, request.All, format!)
                : AnswerAsync(context, request.All[0], format, streams));
        }
        catch (RefusedException refused)
        {
            await writer.WriteRefusalAsync(context, refused, format ?? ResponseFormat.Json);
        }
        catch (BadHttpRequestException error)
        {
            await writer.WriteRefusalAsync(context, RefusedException.OfServer(error), format ?? ResponseFormat.Json);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; there is nobody to tell.
        }
#pragma warning disable CA1031 // The last resort: a bug must not tell its text, nor leave an empty body.
        catch (Exception exception) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            ErrorsLog.Unexpected(logger, "the request", exception);
            await writer.WriteInternalErrorAsync(context, format ?? ResponseFormat.Json);
        }
    }

    private async Task AnswerAsync(HttpContext context, RequestParameters parameters, ResponseFormat? format, bool streams)
    {
        using var window = new StreamWindow();
        var user = callers.UserOf(context).ToContext();
        StreamWindow.AddTo(user, window);
        var result = await runner.RunAsync(parameters, user, context.RequestServices, streams, context.RequestAborted);
        RateLimitHeaders.Append(context.Response.Headers, [.. user.LimitStates().Select(CoreAccess.StateOf)]);

        // Clients that take both want events for what can't be told otherwise.
        if (format is null || result.Streams is not null)
        {
            await events.WriteAsync(context, result, window);
        }
        else
        {
            await writer.WriteResultAsync(context, result, format);
        }
    }

    // One after the other: what resolvers read with serves one at a time.
    private async Task AnswerBatchAsync(HttpContext context, IReadOnlyList<RequestParameters> operations, ResponseFormat format)
    {
        var user = callers.UserOf(context);
        if (await limits.EnterBatchAsync(user, operations.Count, context.RequestAborted) is { } failure)
        {
            throw new RefusedException(StatusCodes.Status429TooManyRequests, failure);
        }

        var results = new List<ExecutionResult>(operations.Count);
        foreach (var parameters in operations)
        {
            results.Add(await runner.RunAsync(parameters, user.ToContext(), context.RequestServices, streams: false, context.RequestAborted));
        }

        await writer.WriteResultsAsync(context, results, format);
    }
}
