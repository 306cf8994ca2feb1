using System.Net;
using System.Net.Sockets;

namespace Capibara6.Hosting.Orchestration.LocalServers;

internal static class LocalPort
{
    /// <summary>Fails early, before data is prepared, when another program listens on the port.</summary>
    /// <exception cref="LocalServerException">The port is taken.</exception>
    public static void EnsureFree(int port, string name)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
        }
        catch (SocketException error)
        {
            throw Taken(port, name, error);
        }
    }

    public static LocalServerException Taken(int port, string name, Exception? error = null) =>
        new($"{name} can't listen on port {port}: another program does. Stop that program, or give {name} another port.", error);
}
