using System.Buffers;
using System.IO.Pipelines;
using Capibara6.Api.Errors;
using Capibara6.Api.Json;
using Capibara6.Api.Streaming;
using Capibara6.Core;
using Capibara6.Core.Gateway;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Capibara6.Api.ChatCompletions;

/// <summary>
/// Sends a streamed answer frame by frame as the model gives it. A stream that breaks ends with an error in its place and
/// without its mark of the end, so that no client takes it for complete; a client that hangs up ends the model's work.
/// </summary>
internal sealed class PassedStream(GatewayReply reply, PassedBody body) : IResult
{
    // What has arrived together goes out together, up to this.
    private const int MaxUnflushedBytes = 32 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using (body)
        await using (reply)
        {
            var response = httpContext.Response;
            Begin(response);
            try
            {
                await CopyAsync(response.BodyWriter, httpContext);
            }
            catch (Exception exception) when (FailureOf(exception, httpContext) is { } failure)
            {
                using var writer = new EventWriter(response.BodyWriter, default);
                writer.Write(null, ChatErrorResponse.From(failure), ApiJson.Info<ChatErrorResponse>());
                await writer.FlushAsync(CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                // The client has left; nobody reads what we would write.
            }
        }
    }

    public static void Begin(HttpResponse response)
    {
        response.ContentType = EventStream.ContentType;
        response.Headers.CacheControl = "no-cache, no-store";

        // nginx and its ingress buffer answers unless told not to.
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
    }

    /// <summary>What a client is told of a stream that broke; null when it has left.</summary>
    public static Failure? FailureOf(Exception exception, HttpContext context)
    {
        if (context.Features.Get<IHttpRequestTimeoutFeature>()?.RequestTimeoutToken.IsCancellationRequested == true)
        {
            return FailureStatus.ToFailure(StatusCodes.Status504GatewayTimeout);
        }

        return context.RequestAborted.IsCancellationRequested ? null
            : exception is GatewayBrokenException broken ? broken.Failure
            : context.RequestServices.GetRequiredService<ApiExceptionHandler>().ToFailure(exception);
    }

    private async Task CopyAsync(PipeWriter pipe, HttpContext context)
    {
        using var waiting = new Silence(context.RequestServices.GetRequiredService<TimeProvider>());
        while (await waiting.ReadAsync(reply, pipe, context.RequestAborted))
        {
            do
            {
                pipe.Write(reply.Frame.Span);
            }
            while (pipe.UnflushedBytes < MaxUnflushedBytes && reply.TryRead());

            await pipe.FlushAsync(context.RequestAborted);
        }
    }
}
