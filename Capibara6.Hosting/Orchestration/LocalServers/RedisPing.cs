using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Capibara6.Hosting.Orchestration.LocalServers;

/// <summary>One AUTH and one PING over the Redis protocol: whether a server on this machine answers.</summary>
internal static class RedisPing
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2);

    public static async Task<bool> AnswersAsync(int port, string? password, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(s_limit);
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, port, deadline.Token).ConfigureAwait(false);
            string[][] commands = password is null ? [["PING"]] : [["AUTH", password], ["PING"]];
            foreach (var command in commands)
            {
                await socket.SendAsync(Encode(command), deadline.Token).ConfigureAwait(false);
            }

            return await ReadsPongAsync(socket, deadline.Token).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task<bool> ReadsPongAsync(Socket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[256];
        var filled = 0;
        while (filled < buffer.Length)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false);
            filled += read;
            var text = Encoding.ASCII.GetString(buffer, 0, filled);
            if (text.Contains("+PONG\r\n", StringComparison.Ordinal))
            {
                return true;
            }

            if (read == 0 || text.Contains("-LOADING", StringComparison.Ordinal))
            {
                return false;
            }
        }

        return false;
    }

    private static byte[] Encode(string[] words)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{words.Length}\r\n");
        foreach (var word in words)
        {
            text.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
