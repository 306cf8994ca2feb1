using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Capibara6.Hosting.Orchestration.Proxy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Capibara6.Tests.Hosting.Orchestration.Proxy;

/// <summary>What passes through: events, sockets, versions of HTTP, targets, bodies.</summary>
[TestClass]
public sealed class HttpProxyWireTests
{
    public required TestContext TestContext { get; set; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Events_SentOneByOne_ArriveOneByOne()
    {
        var next = new SemaphoreSlim(0);
        await using var replica = await Replica.StartAsync(
            async context =>
            {
                context.Response.ContentType = "text/event-stream";
                for (var i = 0; i < 3; i++)
                {
                    await context.Response.WriteAsync($"data: {i}\n\n");
                    await next.WaitAsync(context.RequestAborted);
                }
            },
            Token);
        await using var bench = await ProxyBench.StartAsync(Token);
        bench.Add("events", replica.Port);

        using var answer = await bench.Client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, Token);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Token));
        for (var i = 0; i < 3; i++)
        {
            // The replica sends an event only after the one before was read here.
            Assert.AreEqual($"data: {i}", await reader.ReadLineAsync(Token));
            await reader.ReadLineAsync(Token);
            next.Release();
        }

        Assert.IsNull(await reader.ReadLineAsync(Token));
    }

    [TestMethod]
    public async Task WebSocket_ThroughTheProxy_CarriesMessagesBothWays()
    {
        await using var replica = await Replica.StartAsync(EchoAsync, Token);
        await using var bench = await ProxyBench.StartAsync(Token);
        bench.Add("echo", replica.Port);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://localhost:{bench.Proxy.Port}/"), Token);

        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Token);
        var buffer = new byte[16];
        var received = await socket.ReceiveAsync(buffer, Token);

        CollectionAssert.AreEqual("hello"u8.ToArray(), buffer[..received.Count]);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Token);

        static async Task EchoAsync(HttpContext context)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[16];
            var received = await socket.ReceiveAsync(buffer, context.RequestAborted);
            await socket.SendAsync(buffer.AsMemory(0, received.Count), WebSocketMessageType.Text, true, context.RequestAborted);
            await socket.ReceiveAsync(buffer, context.RequestAborted);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
        }
    }

    [TestMethod]
    public async Task Http2_WithPriorKnowledge_IsBalancedPerRequest()
    {
        await using var first = await Replica.StartAsync(c => c.Response.WriteAsync(c.Request.Protocol + " first"), Token, HttpProtocols.Http2);
        await using var second = await Replica.StartAsync(c => c.Response.WriteAsync(c.Request.Protocol + " second"), Token, HttpProtocols.Http2);
        await using var bench = await ProxyBench.StartAsync(Token, ProxyProtocol.Http2);
        bench.Add("first", first.Port);
        bench.Add("second", second.Port);
        UseHttp2(bench.Client);

        var answers = new HashSet<string>
        {
            await bench.Client.GetStringAsync("/", Token),
            await bench.Client.GetStringAsync("/", Token),
        };

        Assert.IsTrue(answers.SetEquals(["HTTP/2 first", "HTTP/2 second"]), string.Join(", ", answers));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Version_ThatWasNotDeclared_IsStillCarried(bool clientSpeaksHttp2)
    {
        await using var replica = await Replica.StartAsync(
            context => context.Response.WriteAsync(context.Request.Protocol),
            Token,
            clientSpeaksHttp2 ? HttpProtocols.Http2 : HttpProtocols.Http1);
        await using var bench = await ProxyBench.StartAsync(Token, clientSpeaksHttp2 ? ProxyProtocol.Http1 : ProxyProtocol.Http2);
        bench.Add("only", replica.Port);
        if (clientSpeaksHttp2)
        {
            UseHttp2(bench.Client);
        }

        Assert.AreEqual(clientSpeaksHttp2 ? "HTTP/2" : "HTTP/1.1", await bench.Client.GetStringAsync("/", Token));
    }

    [TestMethod]
    public async Task Request_PassedOn_IsAsItCamePlusItsOrigin()
    {
        await using var replica = await Replica.StartAsync(
            context => context.Response.WriteAsJsonAsync(new
            {
                target = context.Features.Get<IHttpRequestFeature>()!.RawTarget,
                host = context.Request.Host.Value,
                headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()),
            }),
            Token);
        await using var bench = await ProxyBench.StartAsync(Token);
        bench.Add("mirror", replica.Port);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(
            $"{bench.Address}a%2Fb/%7Ec?q=%20x&q=+y", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Headers.Host = "api.example:8443";
        request.Headers.Add("X-Mine", "kept");
        request.Headers.Add("X-Forwarded-Proto", "https");

        using var answer = await bench.Client.SendAsync(request, Token);
        var seen = await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
        var headers = seen.GetProperty("headers");

        Assert.AreEqual("/a%2Fb/%7Ec?q=%20x&q=+y", seen.GetProperty("target").GetString());
        Assert.AreEqual("api.example:8443", seen.GetProperty("host").GetString());
        Assert.AreEqual("kept", headers.GetProperty("X-Mine").GetString());
        Assert.AreEqual("http", headers.GetProperty("X-Forwarded-Proto").GetString());
        Assert.AreEqual("api.example:8443", headers.GetProperty("X-Forwarded-Host").GetString());
        Assert.IsTrue(IPAddress.IsLoopback(IPAddress.Parse(headers.GetProperty("X-Forwarded-For").GetString()!)));
    }

    [TestMethod]
    public async Task Body_LargerThanServersAllowByDefault_PassesThrough()
    {
        await using var replica = await Replica.StartAsync(
            async context =>
            {
                var buffer = new byte[1 << 16];
                long total = 0;
                for (int read; (read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0;)
                {
                    total += read;
                }

                await context.Response.WriteAsync($"{total}");
            },
            Token);
        await using var bench = await ProxyBench.StartAsync(Token);
        bench.Add("sink", replica.Port);

        using var answer = await bench.Client.PostAsync("/", new ByteArrayContent(new byte[40 << 20]), Token);

        Assert.AreEqual($"{40 << 20}", await answer.Content.ReadAsStringAsync(Token));
    }

    private static void UseHttp2(HttpClient client)
    {
        client.DefaultRequestVersion = HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
    }
}
