using Capibara6.Api.Access;
using Capibara6.Api.Errors;
using Capibara6.Api.Limits;
using Capibara6.Api.Streaming;
using Capibara6.Core;
using Capibara6.Core.Gateway;
using Capibara6.Core.Identity;
using Capibara6.Core.ModelClients;
using Capibara6.Core.Queries;
using Capibara6.Core.RateLimiting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;

namespace Capibara6.Api.ChatCompletions;

/// <summary>OpenAI's own paths and shapes, so that any OpenAI client works with a changed base address.</summary>
internal static class ChatEndpoints
{
    public static void MapChatCompletions(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1").WithTags("OpenAI-compatible");
        group.MapPost("/chat/completions", CompleteAsync).WithName("createChatCompletion").PassesThrough(typeof(ChatBody), streams: true);
        group.MapPost("/completions", CompleteTextAsync).WithName("createCompletion").PassesThrough(typeof(ChatNeighbourBody), streams: true);
        group.MapPost("/responses", RespondAsync).WithName("createResponse").PassesThrough(typeof(ChatNeighbourBody), streams: true);
        group.MapPost("/embeddings", EmbedAsync).WithName("createEmbedding").PassesThrough(typeof(ChatNeighbourBody), streams: false);
        group.MapPost("/moderations", ModerateAsync).WithName("createModeration").PassesThrough(typeof(ChatNeighbourBody), streams: false);
        group.MapGet("/models", List).WithName("listOpenAIModels").RequirePermission(Permissions.Read).WithChatFailures(401, 403, 429, 500);
        group.MapGet("/models/{id}", Find).WithName("getOpenAIModel").RequirePermission(Permissions.Read).WithChatFailures(401, 403, 404, 429, 500);
    }

    /// <summary>Complete a chat</summary>
    /// <remarks>
    /// OpenAI's chat completions. <c>model</c> is one of ours or <c>auto</c>; every other field goes to the model as it is, and what
    /// the model answers comes back as it is. With <c>stream</c> the answer comes as server-sent events that end in <c>[DONE]</c>.
    /// The header <c>x-capibara6-cache</c> may be <c>use</c>, <c>refresh</c> or <c>off</c>; the answer's headers
    /// <c>x-capibara6-model</c>, <c>-route</c>, <c>-cached</c> and <c>-cost</c> say how it came about.
    /// </remarks>
    /// <response code="200">The completion, or its chunks.</response>
    internal static Task<IResult> CompleteAsync(HttpContext context, CurrentCaller caller, PassThrough pass) =>
        pass.AnswerAsync(context, GatewayRoute.ChatCompletions, caller.Caller);

    /// <summary>Complete a text</summary>
    /// <remarks>OpenAI's older completions, passed through like chat completions.</remarks>
    /// <response code="200">The completion, or its chunks.</response>
    internal static Task<IResult> CompleteTextAsync(HttpContext context, CurrentCaller caller, PassThrough pass) =>
        pass.AnswerAsync(context, GatewayRoute.Completions, caller.Caller);

    /// <summary>Create a response</summary>
    /// <remarks>
    /// OpenAI's responses, passed through like chat completions. Nothing is stored here, so <c>store</c>: true and
    /// <c>previous_response_id</c> are refused: send the whole conversation each time.
    /// </remarks>
    /// <response code="200">The response, or its events.</response>
    internal static Task<IResult> RespondAsync(HttpContext context, CurrentCaller caller, PassThrough pass) =>
        pass.AnswerAsync(context, GatewayRoute.Responses, caller.Caller);

    /// <summary>Make vectors of texts</summary>
    /// <remarks>OpenAI's embeddings, passed through. No other model ever stands in: its vectors would mean something else.</remarks>
    /// <response code="200">The vectors.</response>
    internal static Task<IResult> EmbedAsync(HttpContext context, CurrentCaller caller, PassThrough pass) =>
        pass.AnswerAsync(context, GatewayRoute.Embeddings, caller.Caller);

    /// <summary>Classify texts</summary>
    /// <remarks>OpenAI's moderations, passed through.</remarks>
    /// <response code="200">What was found.</response>
    internal static Task<IResult> ModerateAsync(HttpContext context, CurrentCaller caller, PassThrough pass) =>
        pass.AnswerAsync(context, GatewayRoute.Moderations, caller.Caller);

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

    private static void PassesThrough(this RouteHandlerBuilder builder, Type body, bool streams) => builder
        .RequirePermission(Permissions.Execute)
        .LimitByAccount(RateLimitOptions.QueryPolicy)
        .WithChatFailures(400, 401, 403, 404, 413, 415, 429, 500, 502, 503, 504)
        .WithRequestTimeout(RequestLimits.StreamPolicy)
        .WithMetadata(new AcceptsMetadata(["application/json"], body))
        .WithMetadata(new ProducesResponseTypeMetadata(
            200, typeof(ChatPassedResponse), streams ? ["application/json", EventStream.ContentType] : ["application/json"]));

    /// <summary>Declares the failures that a call can answer with, in OpenAI's shape.</summary>
    public static TBuilder WithChatFailures<TBuilder>(this TBuilder builder, params ReadOnlySpan<int> statuses)
        where TBuilder : IEndpointConventionBuilder
    {
        foreach (var status in statuses)
        {
            builder.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(ChatErrorResponse), ["application/json"]));
        }

        return builder;
    }
}
