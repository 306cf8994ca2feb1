using Capibara6.Api.Access;
using Capibara6.Api.Errors;
using Capibara6.Api.Json;
using Capibara6.Api.Limits;
using Capibara6.Api.Streaming;
using Capibara6.Core.Identity;
using Capibara6.Core.Queries;
using Capibara6.Core.RateLimiting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Capibara6.Api.Queries;

internal static class QueryEndpoints
{
    public static void MapQueries(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/query")
            .WithTags("Queries")
            .WithFailures(400, 401, 403, 413, 415, 429, 500, 503, 504)
            .RequirePermission(Permissions.Execute)
            .LimitByAccount(RateLimitOptions.QueryPolicy);

        group.MapPost("/", ProcessAsync).WithName("processQuery");
        group.MapPost("/stream", StreamAsync).WithName("streamQuery")
            .WithRequestTimeout(RequestLimits.StreamPolicy)
            .WithMetadata(new ProducesResponseTypeMetadata(200, typeof(string), [EventStream.ContentType]));
    }

    /// <summary>Answer a question</summary>
    /// <remarks>
    /// Routes the question to the model that fits it, adds context, calls the model, runs the code that the answer
    /// holds if <c>options.execute</c> asks for it, and returns the answer with how it came about. The same question again is
    /// answered from the cache.
    /// </remarks>
    /// <response code="200">The answer.</response>
    internal static async Task<Results<Ok<QueryResponse>, FailureResult>> ProcessAsync(
        JsonBody<QueryBody> body, CurrentCaller caller, IQueryPipeline pipeline, CancellationToken cancellationToken)
    {
        var outcome = await pipeline.ExecuteAsync(body.Value.ToRequest(caller.Caller), cancellationToken);
        return outcome.ToResult(result => TypedResults.Ok(result.ToResponse()));
    }

    /// <summary>Answer a question piece by piece</summary>
    /// <remarks>
    /// Server-sent events: <c>routing</c>, <c>context</c>, any number of <c>token</c>, <c>execution</c> when code ran (tokens after one that
    /// failed are of a corrected answer, which takes the place of the one before), then
    /// either <c>done</c> with the whole answer or <c>error</c> with problem details. What fails before the first
    /// token is answered with a plain HTTP status. Hanging up cancels the call of the model.
    /// </remarks>
    /// <response code="200">The events.</response>
    internal static async Task<Results<EventStreamResult<QueryEvent>, FailureResult>> StreamAsync(
        JsonBody<QueryBody> body, CurrentCaller caller, IQueryPipeline pipeline, CancellationToken cancellationToken)
    {
        var events = pipeline.StreamAsync(body.Value.ToRequest(caller.Caller), cancellationToken);
        return await QueryStream.OpenAsync(events, new QueryEventFormat(), cancellationToken);
    }
}
