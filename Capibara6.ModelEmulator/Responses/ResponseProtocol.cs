using System.Text.Json;
using Capibara6.ModelEmulator.Chat;

namespace Capibara6.ModelEmulator.Responses;

/// <summary>The Responses API, without its store.</summary>
internal sealed class ResponseProtocol : ModelProtocol
{
    public override ChatRequest Read(JsonElement body) => ResponseReader.Read(body);

    public override byte[] Write(Exchange exchange) => JsonSerializer.SerializeToUtf8Bytes(
        ResponseShapes.Response(exchange, "completed", ResponseShapes.Item(exchange, done: true)), EmulatorJsonContext.Default.JsonObject);

    public override Task StreamAsync(EventSender events, Exchange exchange, TimeProvider time, CancellationToken cancellationToken) =>
        new ResponseStream(events, exchange, time).WriteAsync(cancellationToken);
}
