using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Capibara6.ModelEmulator.Chat;

/// <summary>Answers that break the protocol, as proxies and crashing servers give them.</summary>
internal static class BrokenAnswers
{
    public static async Task WriteGarbageAsync(HttpContext context, Exchange exchange, CancellationToken cancellationToken)
    {
        context.Response.ContentType = exchange.Request.Stream ? "text/event-stream; charset=utf-8" : "application/json";
        var body = exchange.Request.Stream
            ? "data: {\"id\":\"chatcmpl-\u0001\",\"choices\":[{\"delta\n\n"
            : "<html><body><h1>502 Bad Gateway</h1></body></html>";
        await context.Response.WriteAsync(body, cancellationToken);
    }

    public static async Task WriteHalfAsync(HttpContext context, byte[] whole, CancellationToken cancellationToken)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = whole.Length;
        await context.Response.Body.WriteAsync(whole.AsMemory(0, whole.Length / 2), cancellationToken);
        await CutAsync(context, cancellationToken);
    }

    /// <summary>
    /// Ends the connection after what has been written, without the end of the body. Aborting it instead would make the client
    /// lose what it had not read yet.
    /// </summary>
    public static async Task CutAsync(HttpContext context, CancellationToken cancellationToken)
    {
        await context.Response.Body.FlushAsync(cancellationToken);
        var transport = context.Features.GetRequiredFeature<IConnectionTransportFeature>().Transport;
        await transport.Output.CompleteAsync();
    }
}
