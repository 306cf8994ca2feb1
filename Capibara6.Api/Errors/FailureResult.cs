using System.Globalization;
using Capibara6.Api.ChatCompletions;
using Capibara6.Api.Json;
using Capibara6.Api.Messages;
using Capibara6.Core;

namespace Capibara6.Api.Errors;

/// <summary>
/// Answers a failure: status and Retry-After from the failure; the body is problem details, or OpenAI's error object
/// under <c>/v1</c>, where the clients expect it.
/// </summary>
internal sealed class FailureResult(Failure failure) : IResult, IStatusCodeHttpResult
{
    public Failure Failure { get; } = failure;

    public int? StatusCode => FailureStatus.Of(Failure);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = FailureStatus.Of(Failure);
        if (Failure.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        // Without the request's token: a client that has left is nothing to fail on, and the server drops what it writes.
        if (httpContext.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal))
        {
            await WriteAsOpenAIAsync(httpContext);
            return;
        }

        await response.WriteAsJsonAsync(
            Problem.From(Failure, httpContext), ApiJson.Info<Problem>(), "application/problem+json", CancellationToken.None);
    }

    /// <summary>A model's own error goes on as it came.</summary>
    private async Task WriteAsOpenAIAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = ChatErrorResponse.StatusOf(Failure);
        response.Headers[ReplyHeaders.RequestId] = RequestTrace.IdOf(context);

        // OpenAI's clients try again after any 5xx unless told not to.
        if (Failure.Kind == FailureKind.Misconfigured)
        {
            response.Headers["x-should-retry"] = "false";
        }

        if (context.Request.Path.StartsWithSegments(MessagesEndpoints.Path, StringComparison.Ordinal))
        {
            response.Headers["request-id"] = RequestTrace.IdOf(context);
            await response.WriteAsJsonAsync(
                ChatMessagesErrorResponse.From(Failure), ApiJson.Info<ChatMessagesErrorResponse>(), "application/json", CancellationToken.None);
            return;
        }

        if (Failure.Upstream is { Body.IsEmpty: false } upstream)
        {
            response.ContentType = "application/json";
            await response.Body.WriteAsync(upstream.Body, CancellationToken.None);
            return;
        }

        await response.WriteAsJsonAsync(
            ChatErrorResponse.From(Failure), ApiJson.Info<ChatErrorResponse>(), "application/json", CancellationToken.None);
    }
}
