using System.Net.WebSockets;
using System.Text;

namespace Capibara6.GraphQLApi.Subscriptions;

/// <summary>Why a WebSocket was closed: the codes of graphql-transport-ws, which its clients tell apart.</summary>
internal enum SocketClose
{
    TooLarge = 1009,
    Restart = 1012,
    InvalidMessage = 4400,
    NotYetIdentified = 4401,
    Forbidden = 4403,
    InitTooLate = 4408,
    OperationExists = 4409,
    TooManyInits = 4429,
    Limited = 4430,
}

/// <summary>Whole text messages over a WebSocket. Messages go out one at a time; a client that doesn't read them is cut off.</summary>
internal sealed class SocketChannel(WebSocket socket, TimeSpan sendTimeout) : IDisposable
{
    private const int MaxMessage = Capibara6.Core.Queries.QueryLimits.MaxRequestBytes;

    private readonly SemaphoreSlim _sending = new(1, 1);

    /// <summary>The next message; null when the client has closed, was closed, or sent what is no message.</summary>
    public async Task<string?> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var message = new MemoryStream();
        var buffer = new byte[4096];
        while (true)
        {
            ValueWebSocketReceiveResult part;
            try
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            }
            catch (WebSocketException)
            {
                return null;
            }

            if (part.MessageType == WebSocketMessageType.Close)
            {
                await CloseAsync(WebSocketCloseStatus.NormalClosure, "");
                return null;
            }

            message.Write(buffer, 0, part.Count);
            if (message.Length > MaxMessage)
            {
                await CloseAsync(SocketClose.TooLarge, "A message has at most 1 MiB");
                return null;
            }

            if (part.EndOfMessage)
            {
                return part.MessageType == WebSocketMessageType.Text ? Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length) : "";
            }
        }
    }

    /// <summary>Sends a message; nothing happens when the connection is gone.</summary>
    public async Task SendAsync(string message, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(sendTimeout);
        try
        {
            await _sending.WaitAsync(late.Token);
            try
            {
                if (socket.State == WebSocketState.Open)
                {
                    await socket.SendAsync(Encoding.UTF8.GetBytes(message).AsMemory(), WebSocketMessageType.Text, endOfMessage: true, late.Token);
                }
            }
            finally
            {
                _sending.Release();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Abort();
        }
        catch (WebSocketException)
        {
            socket.Abort();
        }
    }

    public Task CloseAsync(SocketClose code, string reason) => CloseAsync((WebSocketCloseStatus)code, reason);

    public void Dispose() => _sending.Dispose();

    private async Task CloseAsync(WebSocketCloseStatus code, string reason)
    {
        using var late = new CancellationTokenSource(sendTimeout);
        try
        {
            await _sending.WaitAsync(late.Token);
            try
            {
                if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                {
                    await socket.CloseOutputAsync(code, reason, late.Token);
                }
            }
            finally
            {
                _sending.Release();
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException)
        {
            socket.Abort();
        }
    }
}
