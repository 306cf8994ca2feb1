using Capibara6.ModelEmulator.Faults;

namespace Capibara6.ModelEmulator.Chat;

/// <summary>An answer as server-sent events: role, one chunk a token, the end's reason, usage when asked for, <c>[DONE]</c>.</summary>
internal sealed class ChatStream(EventSender events, Exchange exchange, TimeProvider time)
{
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        events.Begin();
        var cutAfter = exchange.Behavior.Fault is { Kind: FaultKind.CutStream } cut ? cut.AfterTokens : int.MaxValue;

        await exchange.WaitForTokenAsync(0, time, cancellationToken);
        await SendAsync(exchange.ToChunk(Opening, null), cancellationToken);
        for (var token = 0; token < exchange.Answer.Tokens.Count; token++)
        {
            if (token == cutAfter)
            {
                await events.CutAsync(cancellationToken);
                return;
            }

            // What is written is flushed before a wait and after the first token; at full speed the server batches the rest.
            if (exchange.Behavior.DueAt(token) > time.GetElapsedTime(exchange.Started))
            {
                await events.FlushAsync(cancellationToken);
                await exchange.WaitForTokenAsync(token, time, cancellationToken);
            }

            var text = exchange.Answer.Tokens[token];
            await SendAsync(exchange.ToChunk(_ => Piece(text), null, text), cancellationToken);
            if (token == 0)
            {
                await events.FlushAsync(cancellationToken);
            }
        }

        await SendAsync(exchange.ToChunk(static _ => new ChunkDelta(), exchange.Answer.FinishReason), cancellationToken);
        if (exchange.Request.IncludeUsage)
        {
            await SendAsync(exchange.ToUsageChunk(), cancellationToken);
        }

        await events.SendDoneAsync(cancellationToken);
    }

    private ChunkDelta Opening(int index) => exchange.Answer.Tool is not { } tool
        ? new ChunkDelta { Role = "assistant", Content = "" }
        : new ChunkDelta
        {
            Role = "assistant",
            ToolCalls = [new ToolCallPiece(0) { Id = exchange.CallId(index), Type = "function", Function = new ToolFunctionPiece("") { Name = tool } }],
        };

    private ChunkDelta Piece(string text) => exchange.Answer.Tool is null
        ? new ChunkDelta { Content = text }
        : new ChunkDelta { ToolCalls = [new ToolCallPiece(0) { Function = new ToolFunctionPiece(text) }] };

    private Task SendAsync(ChatChunk chunk, CancellationToken cancellationToken) =>
        events.SendAsync(null, chunk, EmulatorJsonContext.Default.ChatChunk, cancellationToken);
}
