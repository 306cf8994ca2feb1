using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration.Endpoints;
using Capibara6.Hosting.Orchestration.Placement;
using Capibara6.Hosting.Orchestration.Processes;
using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.Orchestration;

/// <summary>Takes the model's resources through their lives, in the order that Aspire's events have.</summary>
internal sealed class ApplicationOrchestrator(
    DistributedApplicationModel model, RunPreparation preparation, ResourceRunnerFactory runners,
    ResourceAnnouncer announcer, HostRun run, ILogger<ApplicationOrchestrator> logger) : IApplicationOrchestrator, IDisposable
{
    private readonly Dictionary<IResource, ResourceRunner> _runners = [];
    private readonly CancellationTokenSource _stopping = new();
    private int _stopped;

    public IReadOnlyDictionary<IResource, ResourceRunner> Runners => _runners;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await preparation.PrepareAsync(cancellationToken);
        foreach (var resource in model.Resources)
        {
            if (await runners.CreateAsync(resource, cancellationToken) is { } runner)
            {
                _runners.Add(resource, runner);
            }
        }

        await announcer.IntroduceAsync(_runners.Values, _stopping.Token);
        foreach (var resource in model.Resources)
        {
            await announcer.AnnounceAsync(resource, _runners.GetValueOrDefault(resource), cancellationToken);
        }

        foreach (var runner in _runners.Values.Where(runner => !runner.Resource.HasAnnotationOfType<ExplicitStartupAnnotation>()))
        {
            runner.Start();
        }

        await announcer.CompleteAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        foreach (var group in DependencyOrder.ForStopping(_runners.Keys))
        {
            await Task.WhenAll(group.Select(resource => StopAsync(_runners[resource], cancellationToken)));
        }

        run.Dispose();
    }

    public void Dispose() => _stopping.Dispose();

    private async Task StopAsync(ResourceRunner runner, CancellationToken cancellationToken)
    {
        try
        {
            await runner.StopAsync(cancellationToken);
        }
        catch (Exception exception)
        {
            // The others have to be stopped all the same; what is left of this one is ended with the run.
            OrchestratorLog.StopFailed(logger, runner.Resource.Name, exception);
        }

        await EndpointAllocator.CloseAsync(runner.Endpoints);
    }
}
