using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Capibara6.Hosting.Orchestration.Replicas;
using Microsoft.Extensions.Configuration;

namespace Capibara6.Tests.Hosting.Orchestration;

/// <summary>A small model that runs for one test, with restarts that don't keep the test waiting.</summary>
internal sealed class RunningApp : IAsyncDisposable
{
    private readonly DistributedApplication _app;

    private RunningApp(DistributedApplication app) => _app = app;

    public DistributedApplication Application => _app;

    public ResourceNotificationService States => _app.ResourceNotifications;

    public static async Task<RunningApp> StartAsync(
        Action<IDistributedApplicationTestingBuilder> model, CancellationToken cancellationToken, params string[] args)
    {
        var builder = DistributedApplicationTestingBuilder.Create(args);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Hosting:Restart:FirstDelay"] = "00:00:00.010",
            ["Hosting:Restart:LongestDelay"] = "00:00:00.050",
        });
        model(builder);
        var app = await builder.BuildAsync(cancellationToken);
        var running = new RunningApp(app);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }

        return running;
    }

    /// <summary>Waits until an instance of the resource is in this state, and gives its snapshot.</summary>
    public async Task<CustomResourceSnapshot> WaitAsync(string resource, string state, CancellationToken cancellationToken) =>
        (await States.WaitForResourceAsync(resource, change => change.Snapshot.State?.Text == state, cancellationToken)).Snapshot;

    public Task<CustomResourceSnapshot> WaitUntilRunningAsync(string resource, CancellationToken cancellationToken) =>
        WaitAsync(resource, KnownResourceStates.Running, cancellationToken);

    public static int PidOf(CustomResourceSnapshot snapshot) =>
        (int)snapshot.Properties.Single(property => property.Name == "executable.pid").Value!;

    public static bool IsAlive(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
