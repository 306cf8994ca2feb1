using System.Text.Json;

namespace Capibara6.ModelEmulator.Chat;

/// <summary>One of the protocol's calls: how its request reads as a conversation, and how an answer is given.</summary>
internal abstract class ModelProtocol
{
    public abstract ChatRequest Read(JsonElement body);

    /// <summary>The whole answer as JSON.</summary>
    public abstract byte[] Write(Exchange exchange);

    /// <summary>The answer as events.</summary>
    public abstract Task StreamAsync(EventSender events, Exchange exchange, TimeProvider time, CancellationToken cancellationToken);
}

/// <summary>Chat completions.</summary>
internal sealed class ChatProtocol : ModelProtocol
{
    public override ChatRequest Read(JsonElement body) => ChatRequestReader.Read(body);

    public override byte[] Write(Exchange exchange) =>
        JsonSerializer.SerializeToUtf8Bytes(exchange.ToCompletion(), EmulatorJsonContext.Default.ChatCompletion);

    public override Task StreamAsync(EventSender events, Exchange exchange, TimeProvider time, CancellationToken cancellationToken) =>
        new ChatStream(events, exchange, time).WriteAsync(cancellationToken);
}
