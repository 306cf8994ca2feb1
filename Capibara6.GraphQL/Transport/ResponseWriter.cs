using System.Globalization;
using Capibara6.Core;
using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.Errors;
using GraphQL;
using GraphQL.Execution;

namespace Capibara6.GraphQLApi.Transport;

/// <summary>Writes answers, and decides their status.</summary>
internal sealed class ResponseWriter(IGraphQLSerializer serializer)
{
    public async Task WriteResultAsync(HttpContext context, ExecutionResult result, ResponseFormat format)
    {
        var status = StatusOf(result, format);
        if (status == StatusCodes.Status405MethodNotAllowed)
        {
            context.Response.Headers.Allow = "POST";
        }

        if (status == StatusCodes.Status429TooManyRequests && RetryAfterOf(result) is { } wait)
        {
            context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        }

        await WriteAsync(context, status, result, format);
    }

    /// <summary>The answers to a batch, in the order of its operations. What is wrong with one is in its answer.</summary>
    public Task WriteResultsAsync(HttpContext context, IReadOnlyList<ExecutionResult> results, ResponseFormat format) =>
        WriteAsync(context, StatusCodes.Status200OK, results, format);

    public Task WriteRefusalAsync(HttpContext context, RefusedException refused, ResponseFormat format)
    {
        if (refused.Status == StatusCodes.Status405MethodNotAllowed)
        {
            context.Response.Headers.Allow = "GET, POST";
        }

        if (refused.Failure.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return WriteAsync(context, refused.Status, new ExecutionResult { Errors = [new FailureError(refused.Failure)] }, format);
    }

    public Task WriteInternalErrorAsync(HttpContext context, ResponseFormat format) => WriteAsync(
        context,
        StatusCodes.Status500InternalServerError,
        new ExecutionResult
        {
            Errors = [new FailureError(new Failure(EdgeCodes.InternalError, FailureKind.Unavailable, ErrorTable.InternalMessage))],
        },
        format);

    private static int StatusOf(ExecutionResult result, ResponseFormat format)
    {
        if (result.Executed)
        {
            return StatusCodes.Status200OK;
        }

        var errors = result.Errors ?? [];
        return errors.Any(error => error is ChangesOverGetError) ? StatusCodes.Status405MethodNotAllowed
            : errors.Any(error => error is ForbiddenFieldError) ? StatusCodes.Status403Forbidden
            : errors.Any(error => error is LimitedOperationError) ? StatusCodes.Status429TooManyRequests
            : errors.Any(error => error is TimeoutError) ? StatusCodes.Status504GatewayTimeout
            : errors.All(ErrorTable.IsOfTheRequest) ? format.StatusOfInvalidDocument
            : StatusCodes.Status500InternalServerError;
    }

    private static long? RetryAfterOf(ExecutionResult result) =>
        result.Errors?.OfType<LimitedOperationError>().FirstOrDefault()?.Failure.RetryAfter is { } wait ? Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)) : null;

    private async Task WriteAsync<T>(HttpContext context, int status, T result, ResponseFormat format)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = format.ContentType;
        response.Headers.CacheControl = "no-store";
        response.Headers.Vary = "Accept";
        response.Headers.XContentTypeOptions = "nosniff";
        await serializer.WriteAsync(response.Body, result, context.RequestAborted);
    }
}
