using Capibara6.Api.Access;
using Capibara6.Api.Errors;
using Capibara6.Api.Json;
using Capibara6.Api.Limits;
using Capibara6.Api.Queries;
using Capibara6.Api.Streaming;
using Capibara6.Core;
using Capibara6.Core.Identity;
using Capibara6.Core.ModelClients;
using Capibara6.Core.Queries;
using Capibara6.Core.RateLimiting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Capibara6.Api.ChatCompletions;

/// <summary>OpenAI's own paths and shapes, so that any OpenAI client works with a changed base address.</summary>
internal static class ChatEndpoints
{
    public static void MapChatCompletions(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1").WithTags("OpenAI-compatible");

        group.MapPost("/chat/completions", CompleteAsync).WithName("createChatCompletion")
            .RequirePermission(Permissions.Execute)
            .LimitByAccount(RateLimitOptions.QueryPolicy)
            .WithChatFailures(400, 401, 403, 404, 413, 415, 429, 500, 503, 504)
            .WithRequestTimeout(RequestLimits.StreamPolicy)
            .WithMetadata(new ProducesResponseTypeMetadata(200, typeof(ChatCompletionResponse), ["application/json", EventStream.ContentType]));
        group.MapGet("/models", List).WithName("listOpenAIModels").RequirePermission(Permissions.Read).WithChatFailures(401, 403, 429, 500);
        group.MapGet("/models/{id}", Find).WithName("getOpenAIModel").RequirePermission(Permissions.Read).WithChatFailures(401, 403, 404, 429, 500);
    }

    /// <summary>Complete a chat</summary>
    /// <remarks>
    /// OpenAI's chat completions. <c>model</c> is one of ours or <c>auto</c>. With <c>stream</c> the answer comes as
    /// server-sent events that end in <c>[DONE]</c>. Parameters that would change the answer's meaning and that we don't
    /// have (tools, n, top_p, …) are refused, never ignored.
    /// </remarks>
    /// <response code="200">The completion, or its chunks.</response>
    internal static async Task<Results<Ok<ChatCompletionResponse>, EventStreamResult<QueryEvent>, FailureResult>> CompleteAsync(
        JsonBody<ChatBody> body, CurrentCaller caller, IQueryPipeline pipeline, TimeProvider time, CancellationToken cancellationToken)
    {
        var chat = body.Value;
        switch (chat.ToRequest(caller.Caller))
        {
            case Outcome<QueryRequest>.Success { Value: var request } when chat.Stream == true:
                var now = time.GetUtcNow();
                var format = new ChatEventFormat(Guid.CreateVersion7(now), now, chat);
                var opened = await QueryStream.OpenAsync(pipeline.StreamAsync(request, cancellationToken), format, cancellationToken);
                return opened.Result is EventStreamResult<QueryEvent> stream ? stream : Fail(((FailureResult)opened.Result).Failure, chat);
            case Outcome<QueryRequest>.Success { Value: var request }:
                var outcome = await pipeline.ExecuteAsync(request, cancellationToken);
                return outcome is Outcome<QueryResult>.Success { Value: var result }
                    ? TypedResults.Ok(result.ToCompletion(request.MaxTokens))
                    : Fail(((Outcome<QueryResult>.Failed)outcome).Failure, chat);
            case Outcome<QueryRequest>.Failed failed:
                return new FailureResult(failed.Failure);
            default:
                return new FailureResult(Failures.Internal);
        }
    }

    /// <summary>List the models as OpenAI does</summary>
    /// <response code="200">The models, and <c>auto</c>.</response>
    internal static Ok<ChatModelList> List(IModelCatalog catalog) =>
        TypedResults.Ok(new ChatModelList([new ChatModel(QueryRequest.AutoModel), .. catalog.Models.Select(model => new ChatModel(model.Id))]));

    /// <summary>Get a model as OpenAI does</summary>
    /// <param name="id">The model's id.</param>
    /// <response code="200">The model.</response>
    internal static Results<Ok<ChatModel>, FailureResult> Find(string id, IModelCatalog catalog)
    {
        var known = string.Equals(id, QueryRequest.AutoModel, StringComparison.OrdinalIgnoreCase) ? QueryRequest.AutoModel : catalog.Find(id)?.Id;
        return known is null
            ? new FailureResult(new(FailureCodes.ModelNotFound, FailureKind.NotFound, "There is no model of that id; GET /v1/models lists them.") { Field = "model" })
            : TypedResults.Ok(new ChatModel(known));
    }

    private static FailureResult Fail(Failure failure, ChatBody chat) => new(failure with { Field = ChatMapping.FieldOf(failure, chat) });

    private static TBuilder WithChatFailures<TBuilder>(this TBuilder builder, params ReadOnlySpan<int> statuses)
        where TBuilder : IEndpointConventionBuilder
    {
        foreach (var status in statuses)
        {
            builder.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(ChatErrorResponse), ["application/json"]));
        }

        return builder;
    }
}
