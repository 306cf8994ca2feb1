using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Capibara6.Hosting.Orchestration.Proxy;
using Microsoft.AspNetCore.Http;

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
}
