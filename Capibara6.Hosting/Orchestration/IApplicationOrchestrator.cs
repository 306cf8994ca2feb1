using Aspire.Hosting;
using Microsoft.Extensions.Hosting;

namespace Capibara6.Hosting.Orchestration;

/// <summary>Runs the resources of the model on this machine.</summary>
internal interface IApplicationOrchestrator
{
    /// <summary>Starts everything that starts by itself. It returns before resources that wait for others have started.</summary>
    /// <exception cref="DistributedApplicationException">The model can't run here; the message says what to do.</exception>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Stops everything, dependents before what they depend on. It may be called after a start that failed.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}

/// <summary>Stops the orchestrator with the host.</summary>
internal sealed class OrchestratorStop(IApplicationOrchestrator orchestrator) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => orchestrator.StopAsync(cancellationToken);
}
