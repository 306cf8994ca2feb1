using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Capibara6.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Capibara6.Tests.Hosting.ApplicationModel;

[TestClass]
public sealed class StateTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task WaitForDependencies_HealthCheckedDependency_WaitsUntilHealthyAndReadyHandlersRan()
    {
        var healthy = false;
        var handled = new TaskCompletionSource();
        await using var builder = HostingTest.RunMode();
        builder.Services.AddHealthChecks().AddCheck("own", () => healthy ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("not yet"));
        var time = new FakeTimeProvider();
        builder.Services.AddSingleton<TimeProvider>(time);
        var dependency = builder.AddContainer("dependency", "image").WithHealthCheck("own").OnResourceReady((_, _, token) => handled.Task.WaitAsync(token));
        var waiting = builder.AddContainer("waiting", "image").WaitFor(dependency);
        await using var application = await builder.BuildAsync(Token);
        using var health = await StartHealthAsync(application);
        var notifications = application.ResourceNotifications;

        var wait = notifications.WaitForDependenciesAsync(waiting.Resource, Token);
        await notifications.WaitForResourceAsync("waiting", KnownResourceStates.Waiting, Token);
        await notifications.PublishUpdateAsync(dependency.Resource, snapshot => snapshot with { State = KnownResourceStates.Running });
        await notifications.WaitForResourceAsync("dependency", change => change.Snapshot.HealthReports[0].Status is HealthStatus.Unhealthy, Token);
        Assert.IsFalse(wait.IsCompleted);

        healthy = true;
        var isHealthy = notifications.WaitForResourceAsync("dependency", change => change.Snapshot.HealthStatus is HealthStatus.Healthy, Token);
        while (!isHealthy.IsCompleted)
        {
            time.Advance(ResourceHealthCheckService.UnhealthyStep);
            await Task.Yield();
        }

        Assert.IsFalse(wait.IsCompleted);
        handled.SetResult();
        await wait;
    }

    [TestMethod]
    public async Task Health_ResourceStartsAgain_HasToProveItAgain()
    {
        var checks = 0;
        await using var builder = HostingTest.RunMode();
        builder.Services.AddHealthChecks().AddCheck("own", () => Interlocked.Increment(ref checks) > 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
        builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider());
        var container = builder.AddContainer("one", "image").WithHealthCheck("own");
        await using var application = await builder.BuildAsync(Token);
        using var health = await StartHealthAsync(application);
        var notifications = application.ResourceNotifications;
        await notifications.PublishUpdateAsync(container.Resource, snapshot => snapshot with { State = KnownResourceStates.Running });
        await notifications.WaitForResourceHealthyAsync("one", Token);

        await notifications.PublishUpdateAsync(container.Resource, snapshot => snapshot with { State = KnownResourceStates.Exited });
        await notifications.PublishUpdateAsync(container.Resource, snapshot => snapshot with { State = KnownResourceStates.Running });

        Assert.IsTrue(notifications.TryGetCurrentState("one", out var again));
        Assert.AreEqual(HealthStatus.Unhealthy, again.Snapshot.HealthStatus);
    }

    [TestMethod]
    public async Task WaitForDependencies_DependencyFails_SaysWhich()
    {
        await using var builder = HostingTest.RunMode();
        var dependency = builder.AddContainer("dependency", "image");
        var waiting = builder.AddContainer("waiting", "image").WaitFor(dependency);
        await using var application = await builder.BuildAsync(Token);

        var wait = application.ResourceNotifications.WaitForDependenciesAsync(waiting.Resource, Token);
        await application.ResourceNotifications.PublishUpdateAsync(dependency.Resource, snapshot => snapshot with { State = KnownResourceStates.FailedToStart });

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => wait);
        Assert.AreEqual("Dependency resource 'dependency' failed to start.", error.Message);
    }

    [TestMethod]
    [DataRow(0, true)]
    [DataRow(3, false)]
    public async Task WaitForCompletion_ExitCode_Decides(int exitCode, bool succeeds)
    {
        await using var builder = HostingTest.RunMode();
        var job = builder.AddContainer("job", "image");
        var waiting = builder.AddContainer("waiting", "image").WaitForCompletion(job);
        await using var application = await builder.BuildAsync(Token);

        var wait = application.ResourceNotifications.WaitForDependenciesAsync(waiting.Resource, Token);
        await application.ResourceNotifications.PublishUpdateAsync(
            job.Resource, snapshot => snapshot with { State = KnownResourceStates.Finished, ExitCode = exitCode });

        if (succeeds)
        {
            await wait;
        }
        else
        {
            var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => wait);
            Assert.Contains("exit code '3', expected '0'", error.Message);
        }
    }

    [TestMethod]
    public async Task WaitFor_Replicas_WaitsForEveryOne()
    {
        await using var builder = HostingTest.RunMode();
        var project = builder.AddProject("api", "Api.csproj", launchProfileName: null).WithReplicas(2);
        var waiting = builder.AddContainer("waiting", "image").WaitForStart(project);
        await using var application = await builder.BuildAsync(Token);
        var instances = ResourceInstances.Assign(project.Resource);
        var notifications = application.ResourceNotifications;

        var wait = notifications.WaitForDependenciesAsync(waiting.Resource, Token);
        await notifications.PublishUpdateAsync(project.Resource, instances[0].Id, snapshot => snapshot with { State = KnownResourceStates.Running });
        await notifications.WaitForResourceAsync("api", cancellationToken: Token);
        Assert.IsFalse(wait.IsCompleted);
        await notifications.PublishUpdateAsync(project.Resource, instances[1].Id, snapshot => snapshot with { State = KnownResourceStates.Running });
        await wait;
    }

    [TestMethod]
    public async Task Database_ServerRuns_RunsToo()
    {
        await using var builder = HostingTest.RunMode();
        var server = builder.AddPostgres("postgres");
        server.AddDatabase("db");
        await using var application = await builder.BuildAsync(Token);
        var propagation = application.Services.GetServices<IHostedService>().OfType<ParentStatePropagation>().Single();
        await propagation.StartAsync(Token);

        await application.ResourceNotifications.PublishUpdateAsync(server.Resource, snapshot => snapshot with { State = KnownResourceStates.Running });

        await application.ResourceNotifications.WaitForResourceAsync("db", KnownResourceStates.Running, Token);
        await propagation.StopAsync(Token);
    }

    [TestMethod]
    public async Task Logs_Watched_GiveBacklogThenNewLinesThenEnd()
    {
        await using var builder = HostingTest.RunMode();
        var project = builder.AddProject("api", "Api.csproj", launchProfileName: null).WithReplicas(2);
        await using var application = await builder.BuildAsync(Token);
        var instances = ResourceInstances.Assign(project.Resource);
        var loggers = application.Services.GetRequiredService<ResourceLoggerService>();
        loggers.Append(instances[0].Id, "first", isError: false);

        var lines = new List<LogLine>();
        await foreach (var batch in loggers.WatchAsync("api").WithCancellation(Token))
        {
            lines.AddRange(batch);
            if (lines.Count == 1)
            {
                loggers.Append(instances[1].Id, "second", isError: true);
                loggers.Complete(project.Resource);
            }
        }

        Assert.HasCount(2, lines);
        Assert.EndsWith("Z first", lines[0].Content);
        Assert.IsTrue(lines[1].IsErrorMessage);
        Assert.EndsWith("Z second", lines[1].Content);
    }

    [TestMethod]
    public void Log_MoreLinesThanItKeeps_ForgetsTheOldest()
    {
        var log = new ResourceLog(_ => { });
        for (var i = 0; i < ResourceLog.MaxLines + 5; i++)
        {
            log.Append(DateTimeOffset.UnixEpoch, "line", isError: false);
        }

        Assert.HasCount(ResourceLog.MaxLines, log.Backlog());
        Assert.AreEqual(6, log.Backlog()[0].LineNumber);
    }

    [TestMethod]
    public async Task Command_OfOneInstanceOrOfAll_GetsTheInstancesIdentifiers()
    {
        var given = new List<string>();
        await using var builder = HostingTest.RunMode();
        var project = builder.AddProject("api", "Api.csproj", launchProfileName: null).WithReplicas(2)
            .WithCommand("reset", "Reset", context =>
            {
                lock (given)
                {
                    given.Add(context.ResourceName);
                }

                return Task.FromResult(CommandResults.Success());
            })
            .WithCommand("fail", "Fail", _ => throw new InvalidOperationException("broken"));
        await using var application = await builder.BuildAsync(Token);
        string[] ids = [.. ResourceInstances.Assign(project.Resource).Select(instance => instance.Id)];

        Assert.IsTrue((await application.ResourceCommands.ExecuteCommandAsync(ids[1], "reset", Token)).Success);
        Assert.IsTrue((await application.ResourceCommands.ExecuteCommandAsync("api", "reset", Token)).Success);
        Assert.AreEqual("broken", (await application.ResourceCommands.ExecuteCommandAsync(ids[0], "fail", Token)).Message);
        Assert.IsFalse((await application.ResourceCommands.ExecuteCommandAsync("api", "nope", Token)).Success);
        Assert.IsFalse((await application.ResourceCommands.ExecuteCommandAsync("nope", "reset", Token)).Success);
        CollectionAssert.AreEquivalent(new[] { ids[1], ids[0], ids[1] }, given);
    }

    [TestMethod]
    public async Task Events_OfAResource_ReachItsHandlersOnlyAndInOrder()
    {
        var eventing = new DistributedApplicationEventing();
        await using var builder = HostingTest.RunMode();
        var one = builder.AddContainer("one", "image").Resource;
        var two = builder.AddContainer("two", "image").Resource;
        var order = new List<string>();
        eventing.Subscribe<ResourceReadyEvent>(one, (_, _) => Add("one"));
        eventing.Subscribe<ResourceReadyEvent>(two, (_, _) => Add("two"));
        var all = eventing.Subscribe<ResourceReadyEvent>((ready, _) => Add("all:" + ready.Resource.Name));

        await eventing.PublishAsync(new ResourceReadyEvent(one, builder.Services.BuildServiceProvider()), Token);
        eventing.Unsubscribe(all);
        await eventing.PublishAsync(new ResourceReadyEvent(two, builder.Services.BuildServiceProvider()), EventDispatchBehavior.BlockingConcurrent, Token);

        CollectionAssert.AreEqual(new[] { "one", "all:one", "two" }, order);

        Task Add(string name)
        {
            order.Add(name);
            return Task.CompletedTask;
        }
    }

    private async Task<IDisposable> StartHealthAsync(DistributedApplication application)
    {
        var service = application.Services.GetServices<IHostedService>().OfType<ResourceHealthCheckService>().Single();
        await service.StartAsync(Token);
        return service;
    }
}
