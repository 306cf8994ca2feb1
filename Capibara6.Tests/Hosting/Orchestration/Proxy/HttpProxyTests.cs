using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Capibara6.Hosting.Orchestration.Proxy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Capibara6.Tests.Hosting.Orchestration.Proxy;

[TestClass]
public sealed class HttpProxyTests
{
    public required TestContext TestContext { get; set; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Requests_OnOneConnection_AreSpreadOverAllReplicas()
    {
        await using var first = await Replica.NamedAsync("first", Token);
        await using var second = await Replica.NamedAsync("second", Token);
        await using var bench = await ProxyBench.StartAsync(Token);
        bench.Add("first", first.Port);
        bench.Add("second", second.Port);

        var answers = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            answers.Add(await bench.Client.GetStringAsync("/", Token));
        }

        Assert.AreEqual(10, answers.Count(answer => answer == "first"));
        Assert.AreEqual(10, answers.Count(answer => answer == "second"));
    }

    [TestMethod]
    [DataRow("Starting")]
    [DataRow("Unhealthy")]
    [DataRow("Unreachable")]
    [DataRow("Draining")]
    public async Task Replica_ThatIsNotReady_GetsNothing(string state)
    {
        await using var ready = await Replica.NamedAsync("ready", Token);
        await using var other = await Replica.NamedAsync("other", Token);
        await using var bench = await ProxyBench.StartAsync(Token);
        bench.Add("ready", ready.Port);
        bench.Add("other", other.Port, Enum.Parse<ProxyTargetState>(state));

        for (var i = 0; i < 10; i++)
        {
            Assert.AreEqual("ready", await bench.Client.GetStringAsync("/", Token));
        }
    }

    [TestMethod]
    public async Task Replicas_AllUnhealthy_SpeakForThemselves()
    {
        await using var sick = await Replica.StartAsync(Sick, Token);
        await using var bench = await ProxyBench.StartAsync(Token);
        bench.Add("sick", sick.Port, ProxyTargetState.Unhealthy);

        using var answer = await bench.Client.GetAsync("/health", Token);

        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.AreEqual("postgres is down", await answer.Content.ReadAsStringAsync(Token));

        static Task Sick(HttpContext context)
        {
            context.Response.StatusCode = 503;
            return context.Response.WriteAsync("postgres is down");
        }
    }

    [TestMethod]
    public async Task Request_WithNoReplicaReady_IsRefusedWithAProblemAndARetryAfter()
    {
        await using var bench = await ProxyBench.StartAsync(Token, patience: TimeSpan.FromMilliseconds(50));

        using var answer = await bench.Client.GetAsync("/", Token);

        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.AreEqual("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.AreEqual(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.AreEqual("replica_unavailable", problem.GetProperty("code").GetString());
        StringAssert.Contains(problem.GetProperty("detail").GetString(), "'api'");
    }

    [TestMethod]
    public async Task Request_BeforeAReplicaIsReady_WaitsForIt()
    {
        await using var replica = await Replica.NamedAsync("late", Token);
        await using var bench = await ProxyBench.StartAsync(Token);

        var asked = bench.Client.GetStringAsync("/", Token);
        bench.Add("late", replica.Port);

        Assert.AreEqual("late", await asked);
    }

    [TestMethod]
    public async Task Request_ToAReplicaThatRefuses_IsSentToAnother()
    {
        var dead = await Replica.NamedAsync("dead", Token);
        var deadPort = dead.Port;
        await dead.DisposeAsync();
        await using var alive = await Replica.StartAsync(
            async context => await context.Response.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync(Token)),
            Token);
        await using var bench = await ProxyBench.StartAsync(Token);
        var target = bench.Add("dead", deadPort);
        bench.Add("alive", alive.Port);

        for (var i = 0; i < 4; i++)
        {
            using var answer = await bench.Client.PostAsync("/", new StringContent($"body {i}"), Token);
            Assert.AreEqual($"body {i}", await answer.Content.ReadAsStringAsync(Token));
        }

        Assert.AreEqual(ProxyTargetState.Unreachable, target.State);
    }

    [TestMethod]
    public async Task Kill_UnderLoad_LosesNoRequestButThoseBeingAnswered()
    {
        var answering = 0;
        var dying = await Replica.StartAsync(CountAsync, Token);
        await using var staying = await Replica.NamedAsync("staying", Token);
        await using var bench = await ProxyBench.StartAsync(Token);
        bench.Add("dying", dying.Port);
        bench.Add("staying", staying.Port);

        var failed = 0;
        var done = 0;
        var killed = 0;
        await Parallel.ForAsync(0, 2_000, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, async (i, token) =>
        {
            using var answer = await bench.Client.PostAsync("/", new StringContent($"{i}"), token);
            Interlocked.Add(ref failed, answer.IsSuccessStatusCode ? 0 : 1);
            if (Interlocked.Increment(ref done) == 300)
            {
                Volatile.Write(ref killed, Volatile.Read(ref answering));
                await dying.DisposeAsync();
            }
        });

        // Between the count and the kill, at most one more request per client can have reached the dying replica.
        Assert.IsTrue(failed <= killed + 8, $"{failed} failed, {killed} were being answered");

        async Task CountAsync(HttpContext context)
        {
            Interlocked.Increment(ref answering);
            await context.Response.WriteAsync("dying");
            Interlocked.Decrement(ref answering);
        }
    }

    [TestMethod]
    public async Task Request_LostWhileAnswered_IsABadGatewayWithAProblem()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var replica = await Replica.StartAsync(
            context =>
            {
                arrived.SetResult();
                context.Abort();
                return Task.CompletedTask;
            },
            Token);
        await using var bench = await ProxyBench.StartAsync(Token);
        bench.Add("only", replica.Port);

        using var answer = await bench.Client.PostAsync("/", new StringContent("once"), Token);

        await arrived.Task.WaitAsync(Token);
        Assert.AreEqual(HttpStatusCode.BadGateway, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.AreEqual("replica_lost", problem.GetProperty("code").GetString());
    }

    [TestMethod]
    public async Task Drain_WithARequestUnderWay_LetsItFinish()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var slow = await Replica.StartAsync(
            async context =>
            {
                arrived.SetResult();
                await release.Task;
                await context.Response.WriteAsync("finished");
            },
            Token);
        await using var other = await Replica.NamedAsync("other", Token);
        await using var bench = await ProxyBench.StartAsync(Token);
        var target = bench.Add("slow", slow.Port);

        var underWay = bench.Client.GetStringAsync("/", Token);
        await arrived.Task.WaitAsync(Token);
        var drained = bench.Proxy.Targets.DrainAsync(target, TimeSpan.FromMinutes(1), Token);
        bench.Add("other", other.Port);

        Assert.AreEqual("other", await bench.Client.GetStringAsync("/", Token));
        Assert.IsFalse(drained.IsCompleted);
        release.SetResult();
        Assert.AreEqual("finished", await underWay);
        Assert.IsTrue(await drained);
    }

    [TestMethod]
    public async Task Drain_OfAnEndlessRequest_GivesUpAtTheLimit()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var endless = await Replica.StartAsync(
            context =>
            {
                arrived.SetResult();
                return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            },
            Token);
        await using var bench = await ProxyBench.StartAsync(Token);
        var target = bench.Add("endless", endless.Port);
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var underWay = bench.Client.GetStringAsync("/", leave.Token);
        await arrived.Task.WaitAsync(Token);

        Assert.IsFalse(await bench.Proxy.Targets.DrainAsync(target, TimeSpan.FromMilliseconds(50), Token));
        await leave.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => underWay);
    }

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

    [TestMethod]
    public async Task Port_ThatIsTaken_IsNamedWithItsOwnerAndTheSettingThatMovesIt()
    {
        await using var holder = await ProxyBench.StartAsync(Token);
        var port = holder.Proxy.Port;

        var error = await Assert.ThrowsAsync<PortUnavailableException>(
            () => ProxyBench.Factory().StartAsync(ProxyBench.Spec(port: port), Token));

        Assert.AreEqual(
            $"Port {port}, the 'http' endpoint of 'api', is already in use. Free it, or move the endpoint with Endpoints:api:http:Port.",
            error.Message);
    }

    private static void UseHttp2(HttpClient client)
    {
        client.DefaultRequestVersion = HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
    }
}
