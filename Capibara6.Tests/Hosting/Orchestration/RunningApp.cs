using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration.Processes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Capibara6.Tests.Hosting.Orchestration;

/// <summary>A small model that runs for one test, with restarts that don't keep the test waiting.</summary>
internal sealed class RunningApp : IAsyncDisposable
{
    private readonly DistributedApplication _app;

    private RunningApp(DistributedApplication app) => _app = app;

    public DistributedApplication Application => _app;

    public ResourceNotificationService States => _app.ResourceNotifications;

    public static async Task<RunningApp> StartAsync(
        Action<IDistributedApplicationBuilder> model, CancellationToken cancellationToken, params string[] args)
    {
        var builder = Create(args);
        model(builder);
        var app = builder.Build();
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

    /// <summary>A builder for a model without a dashboard, on ports of its own.</summary>
    public static IDistributedApplicationBuilder Create(params string[] args)
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args = args,
            AssemblyName = typeof(RunningApp).Assembly.GetName().Name,
            DisableDashboard = true,
            ProjectDirectory = AppContext.BaseDirectory,
        });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Hosting:Restart:FirstDelay"] = "00:00:00.010",
            ["DcpPublisher:RandomizePorts"] = "true",
            ["Hosting:Restart:LongestDelay"] = "00:00:00.050",
        });
        builder.Services.AddLogging(logging => logging.ClearProviders());
        return builder;
    }

    public HttpClient CreateHttpClient(string resource) => new() { BaseAddress = new Uri(EndpointOf(resource).Url) };

    public async Task<string> ConnectionStringOfAsync(string resource, CancellationToken cancellationToken) =>
        (await ((IResourceWithConnectionString)Find(resource)).GetConnectionStringAsync(cancellationToken))!;

    public IResource Find(string resource) =>
        _app.Services.GetRequiredService<DistributedApplicationModel>().Resources.Single(candidate => candidate.Name == resource);

    /// <summary>Waits until an instance of the resource is in this state, and gives its snapshot.</summary>
    public async Task<CustomResourceSnapshot> WaitAsync(string resource, string state, CancellationToken cancellationToken) =>
        (await States.WaitForResourceAsync(resource, change => change.Snapshot.State?.Text == state, cancellationToken)).Snapshot;

    public Task<CustomResourceSnapshot> WaitUntilRunningAsync(string resource, CancellationToken cancellationToken) =>
        WaitAsync(resource, KnownResourceStates.Running, cancellationToken);

    private EndpointReference EndpointOf(string resource) => ((IResourceWithEndpoints)Find(resource)).GetEndpoints().First();

    public static int PidOf(CustomResourceSnapshot snapshot) =>
        (int)snapshot.Properties.Single(property => property.Name == "executable.pid").Value!;

    /// <summary>Whether the process exists and has not merely not been collected yet.</summary>
    public static bool IsAlive(int pid) => ProcessTable.StartMark(pid) is not null;

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
