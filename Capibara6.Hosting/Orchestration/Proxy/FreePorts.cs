using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Capibara6.Hosting.Orchestration.Proxy;

/// <summary>
/// Finds ports that nobody listens on, and never gives the same one twice in a run. They lie below the range that
/// systems take for outgoing connections, so that such a connection can't take one before its owner listens on it.
/// </summary>
internal sealed class FreePorts
{
    private const int First = 10_000;
    private const int Count = 22_000;

    private readonly Lock _gate = new();
    private readonly HashSet<int> _given = [];

    /// <exception cref="InvalidOperationException">All ports are taken.</exception>
    public int Take()
    {
        lock (_gate)
        {
            var start = RandomNumberGenerator.GetInt32(Count);
            for (var offset = 0; offset < Count; offset++)
            {
                var port = First + ((start + offset) % Count);
                if (!_given.Contains(port) && IsFree(port))
                {
                    _given.Add(port);
                    return port;
                }
            }
        }

        throw new InvalidOperationException($"No free port between {First} and {First + Count}.");
    }

    /// <summary>Keeps a port from being given out, because somebody asked for this very one.</summary>
    public void Reserve(int port)
    {
        lock (_gate)
        {
            _given.Add(port);
        }
    }

    /// <summary>Gives a port back.</summary>
    public void Return(int port)
    {
        lock (_gate)
        {
            _given.Remove(port);
        }
    }

    /// <summary>Whether both loopback addresses (those that exist) can be listened on.</summary>
    public static bool IsFree(int port) =>
        CanBind(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || CanBind(IPAddress.IPv6Loopback, port));

    private static bool CanBind(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException exception)
        {
            // A machine without an IPv6 loopback address has no one listening there either.
            return exception.SocketErrorCode == SocketError.AddressNotAvailable;
        }
    }
}
