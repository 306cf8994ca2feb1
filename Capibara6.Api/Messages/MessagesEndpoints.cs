using Capibara6.Api.Access;
using Capibara6.Api.ChatCompletions;
using Capibara6.Api.Limits;
using Capibara6.Api.Streaming;
using Capibara6.Core.Identity;
using Capibara6.Core.RateLimiting;
using Microsoft.AspNetCore.Http.Metadata;

namespace Capibara6.Api.Messages;

/// <summary>Anthropic's Messages API, translated to chat completions and back, so that its clients work with a changed base address.</summary>
internal static class MessagesEndpoints
{
    /// <summary>Where failures have Anthropic's shape.</summary>
    public const string Path = "/v1/messages";

    public static void MapMessages(this IEndpointRouteBuilder routes)
    {
        var builder = routes.MapPost(Path, CreateAsync).WithName("createMessage").WithTags("Anthropic-compatible")
            .RequirePermission(Permissions.Execute)
            .LimitByAccount(RateLimitOptions.QueryPolicy)
            .WithRequestTimeout(RequestLimits.StreamPolicy)
            .WithMetadata(new AcceptsMetadata(["application/json"], typeof(ChatMessagesBody)))
            .WithMetadata(new ProducesResponseTypeMetadata(200, typeof(ChatPassedResponse), ["application/json", EventStream.ContentType]));
        foreach (var status in (ReadOnlySpan<int>)[400, 401, 403, 404, 413, 415, 429, 500, 502, 503, 504])
        {
            builder.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(ChatMessagesErrorResponse), ["application/json"]));
        }
    }

    /// <summary>Create a message</summary>
    /// <remarks>
    /// Anthropic's messages: texts, images, tools and streams. <c>model</c> is one of ours, an alias, or <c>auto</c>; send an API key
    /// as <c>x-api-key</c>, as Anthropic's clients do. The conversation goes to the model as a chat completion.
    /// </remarks>
    /// <response code="200">The message, or its events.</response>
    internal static Task<IResult> CreateAsync(HttpContext context, CurrentCaller caller, PassThrough pass) => pass.TranslateAsync(context, caller.Caller);
}
