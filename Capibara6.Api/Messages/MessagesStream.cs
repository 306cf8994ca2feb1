using System.IO.Pipelines;
using System.Text.Json;
using Capibara6.Api.ChatCompletions;
using Capibara6.Api.Json;
using Capibara6.Api.Streaming;
using Capibara6.Core.Gateway;

namespace Capibara6.Api.Messages;

/// <summary>Sends a streamed chat completion as the events of Anthropic's API: blocks that start, grow and stop within a message.</summary>
internal sealed class MessagesStream(GatewayReply reply, PassedBody body) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using (body)
        await using (reply)
        {
            PassedStream.Begin(httpContext.Response);
            var pipe = httpContext.Response.BodyWriter;
            var events = new MessagesEvents(pipe, reply);
            try
            {
                await CopyAsync(events, pipe, httpContext);
            }
            catch (Exception exception) when (PassedStream.FailureOf(exception, httpContext) is { } failure)
            {
                using var writer = new EventWriter(pipe, default);
                writer.Write("error", ChatMessagesErrorResponse.From(failure), ApiJson.Info<ChatMessagesErrorResponse>());
                await writer.FlushAsync(CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                // The client has left; nobody reads what we would write.
            }
        }
    }

    private async Task CopyAsync(MessagesEvents events, PipeWriter pipe, HttpContext context)
    {
        events.Start();
        using var waiting = new Silence(context.RequestServices.GetRequiredService<TimeProvider>());
        while (await waiting.ReadAsync(reply, pipe, context.RequestAborted))
        {
            do
            {
                if (!reply.Data.IsEmpty && reply.Data.Span[0] == (byte)'{')
                {
                    using var piece = JsonDocument.Parse(reply.Data);
                    events.Take(piece.RootElement);
                }
            }
            while (reply.TryRead());

            await pipe.FlushAsync(context.RequestAborted);
        }

        events.End();
        await pipe.FlushAsync(context.RequestAborted);
    }
}
