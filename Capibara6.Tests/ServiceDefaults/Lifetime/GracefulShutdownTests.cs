using System.Net;
using Capibara6.ServiceDefaults.Lifetime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Capibara6.Tests.ServiceDefaults.Lifetime;

[TestClass]
public sealed class GracefulShutdownTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Stop_DuringTheDrain_IsNotReadyButAnswersNewAndOldRequests()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await DefaultsHost.StartAsync(
            Token,
            map: app =>
            {
                app.MapGet("/slow", async () =>
                {
                    entered.SetResult();
                    await finish.Task;
                    return "done";
                });
                app.MapGet("/quick", () => "quick");
            },
            settings: [("Shutdown:DrainDelay", "00:00:01"), ("Health:ReportLifetime", "00:00:10")]);
        await host.Client.GetStringAsync("/health", Token);
        var slow = host.Client.GetStringAsync("/slow", Token);
        await entered.Task.WaitAsync(Token);

        // What a signal does: ask first, stop then.
        host.App.Lifetime.StopApplication();
        var stop = host.App.StopAsync(Token);

        using var health = await host.Client.GetAsync("/health", Token);
        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        using var alive = await host.Client.GetAsync("/alive", Token);
        Assert.AreEqual(HttpStatusCode.OK, alive.StatusCode);
        Assert.AreEqual("quick", await host.Client.GetStringAsync("/quick", Token));
        Assert.IsFalse(stop.IsCompleted);
        finish.SetResult();
        Assert.AreEqual("done", await slow);
        await stop;
    }

    [TestMethod]
    public async Task Drain_Answers_AskTheClientToCloseItsConnection()
    {
        await using var host = await DefaultsHost.StartAsync(
            Token, map: app => app.MapGet("/quick", () => "quick"), settings: [("Shutdown:DrainDelay", "00:01:00"), ("Shutdown:DrainEndsWhenIdle", "true")]);
        using var before = await host.Client.GetAsync("/quick", Token);
        Assert.IsNull(before.Headers.ConnectionClose);

        host.App.Lifetime.StopApplication();
        var stop = host.App.StopAsync(Token);
        using var during = await host.Client.GetAsync("/quick", Token);
        Assert.IsTrue(during.Headers.ConnectionClose);

        // That was the only connection: the drain ends with it, a minute early.
        await stop.WaitAsync(TimeSpan.FromSeconds(30), Token);
    }

    [TestMethod]
    public async Task RunUntilStopped_AskedToStopWhileItStarts_EndsWithoutAnException()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production", ApplicationName = "Capibara6.Tests" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults();
        builder.Services.AddHostedService<Hesitant>();
        await using var app = builder.Build();
        var lifetime = app.Lifetime;

        await Task.Run(app.RunUntilStopped, Token).WaitAsync(TimeSpan.FromSeconds(30), Token);

        Assert.IsFalse(lifetime.ApplicationStarted.IsCancellationRequested);
    }

    [TestMethod]
    public async Task RunUntilStopped_BackgroundWorkFails_EndsWithOne()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production", ApplicationName = "Capibara6.Tests" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["Shutdown:DrainDelay"] = "00:00:00";
        builder.AddServiceDefaults();
        builder.Services.AddHostedService<Failing>();
        await using var app = builder.Build();
        try
        {
            await Task.Run(app.RunUntilStopped, Token).WaitAsync(TimeSpan.FromSeconds(30), Token);
            Assert.AreEqual(1, Environment.ExitCode);
        }
        finally
        {
            // What this process ends with is what the test platform returns.
            Environment.ExitCode = 0;
        }
    }

    [TestMethod]
    [DataRow("Development", 1, true)]
    [DataRow("Production", 5, false)]
    public void DrainDelay_NotConfigured_FollowsTheEnvironment(string environment, int seconds, bool endsWhenIdle)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        builder.AddServiceDefaults();
        using var host = builder.Build();

        Assert.AreEqual(seconds, host.Services.GetRequiredService<IOptions<ShutdownOptions>>().Value.DrainDelay.TotalSeconds);
        Assert.AreEqual(endsWhenIdle, host.Services.GetRequiredService<IOptions<ShutdownOptions>>().Value.DrainEndsWhenIdle);
        Assert.AreEqual(30, host.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout.TotalSeconds);
    }

    /// <summary>Is asked to stop while it starts, and takes its start seriously.</summary>
    private sealed class Hesitant(IHostApplicationLifetime lifetime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.StopApplication();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Failing : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new InvalidOperationException("It can't go on.");
        }
    }
}
