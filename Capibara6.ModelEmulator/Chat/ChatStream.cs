using System.Text.Json;
using Capibara6.ModelEmulator.Faults;

namespace Capibara6.ModelEmulator.Chat;

/// <summary>An answer as server-sent events: role, one chunk a token, the end's reason, usage when asked for, <c>[DONE]</c>.</summary>
internal sealed class ChatStream(HttpContext context, Exchange exchange, TimeProvider time)
{
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        var cutAfter = exchange.Behavior.Fault is { Kind: FaultKind.CutStream } cut ? cut.AfterTokens : int.MaxValue;

        await exchange.WaitForTokenAsync(0, time, cancellationToken);
        await SendAsync(exchange.ToChunk(new ChunkDelta { Role = "assistant", Content = "" }, null), cancellationToken);
        for (var token = 0; token < exchange.Answer.Tokens.Count; token++)
        {
            if (token == cutAfter)
            {
                await BrokenAnswers.CutAsync(context, cancellationToken);
                return;
            }

            // What is written is flushed before a wait and after the first token; at full speed the server batches the rest.
            if (exchange.Behavior.DueAt(token) > time.GetElapsedTime(exchange.Started))
            {
                await FlushAsync(cancellationToken);
                await exchange.WaitForTokenAsync(token, time, cancellationToken);
            }

            await SendAsync(exchange.ToChunk(new ChunkDelta { Content = exchange.Answer.Tokens[token] }, null), cancellationToken);
            if (token == 0)
            {
                await FlushAsync(cancellationToken);
            }
        }

        await SendAsync(exchange.ToChunk(new ChunkDelta(), exchange.Answer.FinishReason), cancellationToken);
        if (exchange.Request.IncludeUsage)
        {
            await SendAsync(exchange.ToUsageChunk(), cancellationToken);
        }

        await context.Response.Body.WriteAsync("data: [DONE]\n\n"u8.ToArray(), cancellationToken);
    }

    private async Task SendAsync(ChatChunk chunk, CancellationToken cancellationToken)
    {
        var body = context.Response.Body;
        await body.WriteAsync(s_data, cancellationToken);
        await body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(chunk, EmulatorJsonContext.Default.ChatChunk), cancellationToken);
        await body.WriteAsync(s_end, cancellationToken);
    }

    private Task FlushAsync(CancellationToken cancellationToken) => context.Response.Body.FlushAsync(cancellationToken);

    private static readonly ReadOnlyMemory<byte> s_data = "data: "u8.ToArray();
    private static readonly ReadOnlyMemory<byte> s_end = "\n\n"u8.ToArray();
}
