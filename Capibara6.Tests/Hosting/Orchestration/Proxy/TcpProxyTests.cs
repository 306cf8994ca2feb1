using System.Net;
using System.Net.Sockets;
using Capibara6.Hosting.Orchestration.Proxy;

namespace Capibara6.Tests.Hosting.Orchestration.Proxy;

[TestClass]
public sealed class TcpProxyTests
{
    public required TestContext TestContext { get; set; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Connection_HalfClosedByTheClient_StillGetsItsAnswer()
    {
        using var server = Listen();
        await using var bench = await ProxyBench.StartAsync(Token, ProxyProtocol.Tcp);
        bench.Add("only", PortOf(server));

        using var client = await ConnectAsync(bench.Proxy.Port);
        var accepted = await server.AcceptTcpClientAsync(Token);
        var stream = client.GetStream();
        await stream.WriteAsync("question"u8.ToArray(), Token);
        client.Client.Shutdown(SocketShutdown.Send);

        using (accepted)
        {
            using var asked = new StreamReader(accepted.GetStream(), leaveOpen: true);
            Assert.AreEqual("question", await asked.ReadToEndAsync(Token));
            await accepted.GetStream().WriteAsync("answer"u8.ToArray(), Token);
        }

        using var answered = new StreamReader(stream);
        Assert.AreEqual("answer", await answered.ReadToEndAsync(Token));
    }

    [TestMethod]
    public async Task Connections_OpenAtOnce_AreSpreadOverReplicas()
    {
        using var first = Listen();
        using var second = Listen();
        await using var bench = await ProxyBench.StartAsync(Token, ProxyProtocol.Tcp);
        bench.Add("first", PortOf(first));
        bench.Add("second", PortOf(second));

        using var a = await ConnectAsync(bench.Proxy.Port);
        using var b = await ConnectAsync(bench.Proxy.Port);
        using var atFirst = await first.AcceptTcpClientAsync(Token);
        using var atSecond = await second.AcceptTcpClientAsync(Token);

        Assert.IsTrue(atFirst.Connected && atSecond.Connected);
    }

    [TestMethod]
    public async Task Connection_ToAReplicaThatRefuses_GoesToAnother()
    {
        var gone = Listen();
        var port = PortOf(gone);
        gone.Dispose();
        using var alive = Listen();
        await using var bench = await ProxyBench.StartAsync(Token, ProxyProtocol.Tcp);
        bench.Add("gone", port);
        bench.Add("alive", PortOf(alive));

        using var a = await ConnectAsync(bench.Proxy.Port);
        using var atAlive = await alive.AcceptTcpClientAsync(Token);
        using var b = await ConnectAsync(bench.Proxy.Port);
        using var alsoAtAlive = await alive.AcceptTcpClientAsync(Token);

        Assert.IsTrue(alsoAtAlive.Connected);
    }

    [TestMethod]
    public async Task Connection_WithNoReplicaReady_IsClosed()
    {
        await using var bench = await ProxyBench.StartAsync(Token, ProxyProtocol.Tcp, TimeSpan.FromMilliseconds(50));
        using var client = await ConnectAsync(bench.Proxy.Port);

        int read;
        try
        {
            read = await client.GetStream().ReadAsync(new byte[1], Token);
        }
        catch (IOException)
        {
            read = 0;
        }

        Assert.AreEqual(0, read);
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private async Task<TcpClient> ConnectAsync(int port)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("localhost", port, Token);
        return client;
    }
}
