using System.Net;
using Capibara6.ServiceDefaults.Lifetime;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Capibara6.Tests.ServiceDefaults;

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
    [DataRow("Development", 0)]
    [DataRow("Production", 5)]
    public void DrainDelay_NotConfigured_FollowsTheEnvironment(string environment, int seconds)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        builder.AddServiceDefaults();
        using var host = builder.Build();

        Assert.AreEqual(seconds, host.Services.GetRequiredService<IOptions<ShutdownOptions>>().Value.DrainDelay.TotalSeconds);
        Assert.AreEqual(30, host.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout.TotalSeconds);
    }
}
