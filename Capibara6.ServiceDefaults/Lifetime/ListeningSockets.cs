using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Capibara6.ServiceDefaults.Lifetime;

/// <summary>
/// The sockets that this process listens on. The kernel resets connections that wait to be accepted when a socket is closed, so a service
/// that just stops to listen loses requests. Here the last ones are let in first: no new connection begins, those under way complete.
/// </summary>
internal sealed class ListeningSockets
{
    private const int SocketLevel = 1;
    private const int AttachFilter = 26;

    /// <summary>
    /// A classic BPF program, an instruction each: take the flags of TCP, keep SYN and ACK, drop what has SYN alone, pass the rest.
    /// Instructions are code, two jumps and an operand, from the lowest bits up.
    /// </summary>
    private static readonly ulong[] s_dropNewConnections =
        [0x0000_000D_0000_0030, 0x0000_0012_0000_0054, 0x0000_0002_0100_0015, 0x0000_0000_0000_0006, 0xFFFF_FFFF_0000_0006];

    private readonly ConcurrentQueue<Socket> _sockets = new();

    public Socket Bind(EndPoint endpoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        _sockets.Enqueue(socket);
        return socket;
    }

    /// <summary>
    /// From now on a client that wants to connect hears nothing until the socket is closed, and is refused then. Elsewhere than on Linux,
    /// and where the kernel doesn't allow it, nothing changes.
    /// </summary>
    /// <returns>Whether all sockets are shut to new connections.</returns>
    public bool Shut()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess || _sockets.IsEmpty)
        {
            return false;
        }

        try
        {
            foreach (var socket in _sockets)
            {
                Filter(socket);
            }

            return true;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private static void Filter(Socket socket)
    {
        var program = GCHandle.Alloc(s_dropNewConnections, GCHandleType.Pinned);
        try
        {
            // struct sock_fprog: the number of instructions, and where they are.
            Span<byte> filter = stackalloc byte[16];
            MemoryMarshal.Write(filter, (ulong)s_dropNewConnections.Length);
            MemoryMarshal.Write(filter[8..], program.AddrOfPinnedObject().ToInt64());
            socket.SetRawSocketOption(SocketLevel, AttachFilter, filter);
        }
        finally
        {
            program.Free();
        }
    }
}
