using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Capibara6.ModelEmulator.Chat;

/// <summary>Writes server-sent events.</summary>
internal sealed class EventSender(HttpContext context)
{
    private static readonly ReadOnlyMemory<byte> s_data = "data: "u8.ToArray();
    private static readonly ReadOnlyMemory<byte> s_end = "\n\n"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> s_done = "data: [DONE]\n\n"u8.ToArray();

    public void Begin()
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
    }

    /// <param name="name">The event's name; null for none.</param>
    public async Task SendAsync<T>(string? name, T data, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var body = context.Response.Body;
        if (name is not null)
        {
            await body.WriteAsync(Encoding.UTF8.GetBytes($"event: {name}\n"), cancellationToken);
        }

        await body.WriteAsync(s_data, cancellationToken);
        await body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(data, type), cancellationToken);
        await body.WriteAsync(s_end, cancellationToken);
    }

    public async Task SendDoneAsync(CancellationToken cancellationToken) => await context.Response.Body.WriteAsync(s_done, cancellationToken);

    public Task FlushAsync(CancellationToken cancellationToken) => context.Response.Body.FlushAsync(cancellationToken);

    public Task CutAsync(CancellationToken cancellationToken) => BrokenAnswers.CutAsync(context, cancellationToken);
}
