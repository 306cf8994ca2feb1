using System.Text.Json;
using Capibara6.Api.Errors;
using Capibara6.Api.Json;
using Capibara6.Core;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Capibara6.Api.Streaming;

/// <summary>
/// Sends items as server-sent events, each as soon as it is there. A stream that breaks ends with an error event,
/// never as if it were complete; a client that hangs up ends the source.
/// </summary>
/// <param name="head">Items already read, sent first.</param>
/// <param name="rest">The source of the others; disposed of at the end.</param>
internal sealed class EventStreamResult<T>(IReadOnlyList<T> head, IAsyncEnumerator<T> rest, IEventFormat<T> format) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using var source = rest;
        var response = httpContext.Response;
        response.ContentType = EventStream.ContentType;
        response.Headers.CacheControl = "no-cache, no-store";

        // nginx and its ingress buffer answers unless told not to.
        response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();

        using var writer = new EventWriter(response.BodyWriter, new JsonWriterOptions { Encoder = ApiJson.Options.Encoder, SkipValidation = true });
        try
        {
            await SendAsync(writer, httpContext);
        }
        catch (Exception exception) when (FailureOf(exception, httpContext) is { } failure)
        {
            format.WriteFailure(writer, failure, httpContext);
            await writer.FlushAsync(CancellationToken.None);
        }
    }

    private async Task SendAsync(EventWriter writer, HttpContext context)
    {
        foreach (var item in head)
        {
            format.Write(writer, item, context);
        }

        await writer.FlushAsync(context.RequestAborted);

        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var pause = Task.Delay(EventStream.KeepAlive, time, silence.Token);
        var next = rest.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                if (!next.IsCompleted && await Task.WhenAny(next, pause) == pause)
                {
                    // Throws when the request was aborted meanwhile.
                    await pause;
                    writer.Raw(": keep-alive\n\n"u8);
                    await writer.FlushAsync(context.RequestAborted);
                    pause = Task.Delay(EventStream.KeepAlive, time, silence.Token);
                    continue;
                }

                if (!await next)
                {
                    return;
                }

                format.Write(writer, rest.Current, context);
                await writer.FlushAsync(context.RequestAborted);
                next = rest.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            await silence.CancelAsync();

            // A source that is still at work can't be disposed of.
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Null: the client has left, and nobody reads what we would write.
    private static Failure? FailureOf(Exception exception, HttpContext context)
    {
        if (context.Features.Get<IHttpRequestTimeoutFeature>()?.RequestTimeoutToken.IsCancellationRequested == true)
        {
            return FailureStatus.ToFailure(StatusCodes.Status504GatewayTimeout);
        }

        return context.RequestAborted.IsCancellationRequested
            ? null
            : context.RequestServices.GetRequiredService<ApiExceptionHandler>().ToFailure(exception);
    }
}
