using System.Collections.Immutable;
using System.Diagnostics;
using System.Net.Http.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Tests.Hosting.Orchestration;

/// <summary>A real service in two replicas behind one port.</summary>
[TestClass]
public sealed class ReplicaTests
{
    public required TestContext TestContext { get; set; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Replica_KilledUnderLoad_LosesNothingButWhatItWasAnsweringAndComesBack()
    {
        await using var app = await StartAsync();
        using var client = app.CreateHttpClient("emulator");
        var pids = PidsOf(app);
        Assert.HasCount(2, pids);

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var failed = 0;
        var answered = 0;
        var load = Enumerable.Range(0, 4).Select(_ => LoadAsync()).ToList();
        await Eventually.TrueAsync(() => Volatile.Read(ref answered) > 100, TimeSpan.FromSeconds(30), "load", Token);
        using (var victim = Process.GetProcessById(pids[0]))
        {
            victim.Kill();
        }

        var replaced = await WaitForReplacementAsync(app, pids);
        var before = Volatile.Read(ref answered);
        await Eventually.TrueAsync(() => Volatile.Read(ref answered) > before + 100, TimeSpan.FromSeconds(30), "load after the kill", Token);
        await enough.CancelAsync();
        await Task.WhenAll(load);

        Assert.IsLessThanOrEqualTo(4, failed, "each of the four clients can have had one request under way");
        Assert.DoesNotContain(pids[0], replaced);

        async Task LoadAsync()
        {
            var question = new { model = "emulator-20b", messages = new[] { new { role = "user", content = "hello" } } };
            while (!enough.IsCancellationRequested)
            {
                try
                {
                    using var response = await client.PostAsJsonAsync("/v1/chat/completions", question, enough.Token);
                    Interlocked.Increment(ref (response.IsSuccessStatusCode ? ref answered : ref failed));
                }
                catch (HttpRequestException)
                {
                    Interlocked.Increment(ref failed);
                }
                catch (OperationCanceledException) when (enough.IsCancellationRequested)
                {
                    return;
                }
            }
        }
    }

    [TestMethod]
    public async Task Replica_StoppedByCommand_LeavesTheOtherAnswering()
    {
        await using var app = await StartAsync();
        using var client = app.CreateHttpClient("emulator");
        var ids = InstancesOf(app);

        var result = await app.Application.ResourceCommands.ExecuteCommandAsync(ids[0], KnownResourceCommands.StopCommand, Token);

        Assert.IsTrue(result.Success, result.Message);
        for (var i = 0; i < 20; i++)
        {
            using var response = await client.GetAsync("/health", Token);
            response.EnsureSuccessStatusCode();
        }

        Assert.IsTrue(app.States.TryGetCurrentState(ids[0], out var stopped));
        Assert.AreEqual(KnownResourceStates.Exited, stopped.Snapshot.State?.Text);
        Assert.IsTrue(app.States.TryGetCurrentState(ids[1], out var running));
        Assert.AreEqual(KnownResourceStates.Running, running.Snapshot.State?.Text);
    }

    [TestMethod]
    public async Task Replicas_UnlessAskedForProduction_AreOne()
    {
        await using var app = await RunningApp.StartAsync(
            builder => builder.AddProject<Projects.Capibara6_ModelEmulator>("emulator").WithReplicas(2).WithHttpHealthCheck("/health"), Token);
        await app.States.WaitForResourceHealthyAsync("emulator", Token);

        Assert.HasCount(1, InstancesOf(app));
    }

    private async Task<RunningApp> StartAsync()
    {
        var app = await RunningApp.StartAsync(
            builder => builder.AddProject<Projects.Capibara6_ModelEmulator>("emulator").WithReplicas(2).WithHttpHealthCheck("/health"),
            Token,
            "--Hosting:Replicas=production");
        await app.States.WaitForResourceHealthyAsync("emulator", Token);
        await Eventually.TrueAsync(() => PidsOf(app).Count == 2, TimeSpan.FromSeconds(30), "two replicas", Token);
        return app;
    }

    private async Task<List<int>> WaitForReplacementAsync(RunningApp app, List<int> before)
    {
        var now = new List<int>();
        await Eventually.TrueAsync(
            () =>
            {
                now = PidsOf(app);
                return now.Count == 2 && now.Except(before).Any();
            },
            TimeSpan.FromSeconds(30), "a new process in place of the killed one", Token);
        return now;
    }

    private static List<int> PidsOf(RunningApp app)
    {
        var pids = new List<int>();
        foreach (var id in InstancesOf(app))
        {
            if (app.States.TryGetCurrentState(id, out var current) && current.Snapshot.State?.Text == KnownResourceStates.Running)
            {
                pids.Add(RunningApp.PidOf(current.Snapshot));
            }
        }

        return pids;
    }

    private static ImmutableArray<string> InstancesOf(RunningApp app) => ResourceInstances.GetIds(
        app.Application.Services.GetRequiredService<DistributedApplicationModel>().Resources.Single(resource => resource.Name == "emulator"));
}
