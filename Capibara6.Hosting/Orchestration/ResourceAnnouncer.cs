using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration.Replicas;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Capibara6.Hosting.Orchestration;

/// <summary>Raises the events and publishes the first states that come before a resource starts.</summary>
internal sealed class ResourceAnnouncer(
    DistributedApplicationModel model, DistributedApplicationExecutionContext executionContext, RunnerServices services, ResourceLoggerService logs,
    IHostApplicationLifetime lifetime, ILogger<ResourceAnnouncer> logger)
{
    /// <summary>Makes all resources known, and lets those set themselves up that nobody else runs. Returns before they have.</summary>
    public async Task IntroduceAsync(IEnumerable<ResourceRunner> runners, CancellationToken stopping)
    {
        foreach (var runner in runners)
        {
            LifecycleCommands.Add(runner);
        }

        foreach (var resource in model.Resources)
        {
            if (resource.HasAnnotationOfType<ExplicitStartupAnnotation>())
            {
                await services.States.NotStartedAsync(resource);
            }
            else
            {
                await services.Notifications.PublishUpdateAsync(resource, snapshot => snapshot);
            }
        }

        foreach (var resource in model.Resources)
        {
            _ = InitializeAsync(resource, stopping);
        }
    }

    /// <summary>Says that the endpoints of a resource have their addresses, and what follows from that.</summary>
    public async Task AnnounceAsync(IResource resource, ResourceRunner? runner, CancellationToken cancellationToken)
    {
        if (runner is null)
        {
            return;
        }

        var shown = await ResourceUrls.BuildAsync(resource, executionContext, cancellationToken);
        await services.Notifications.PublishUpdateAsync(resource, snapshot => snapshot with
        {
            // Nothing answers there before the resource runs.
            Urls = [.. shown.Select(url => url with { IsInactive = url.Name is not null })],
        });
        if (resource is IResourceWithEndpoints)
        {
            await services.Eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(resource, services.Provider), cancellationToken);
        }

        await AnnounceConnectionStringAsync(resource, cancellationToken);
    }

    public Task CompleteAsync(CancellationToken cancellationToken) =>
        services.Eventing.PublishAsync(new AfterResourcesCreatedEvent(services.Provider, model), cancellationToken);

    private async Task AnnounceConnectionStringAsync(IResource resource, CancellationToken cancellationToken)
    {
        if (resource is IResourceWithConnectionString connection)
        {
            await services.Eventing.PublishAsync(new ConnectionStringAvailableEvent(resource, services.Provider), cancellationToken);
            var value = await connection.GetConnectionStringAsync(cancellationToken);
            await services.Notifications.PublishUpdateAsync(resource, snapshot => snapshot with
            {
                Properties = ReplicaStates.Merge(
                    snapshot.Properties, [new ResourcePropertySnapshot(KnownProperties.Resource.ConnectionString, value) { IsSensitive = true }]),
            });
        }

        foreach (var child in model.Resources.OfType<IResourceWithParent>().Where(child => child.Parent == resource))
        {
            await AnnounceConnectionStringAsync(child, cancellationToken);
        }
    }

    private async Task InitializeAsync(IResource resource, CancellationToken stopping)
    {
        try
        {
            await services.Eventing.PublishAsync(
                new InitializeResourceEvent(resource, services.Eventing, logs.GetLogger(resource), services.Notifications, services.Provider), stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested || lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The run ends; waits for a state end as soon as the application stops, a moment before the orchestrator is told.
        }
        catch (DistributedApplicationException exception)
        {
            services.Failures.RecordWait(resource, exception);
            await services.States.EndedAsync(resource, resource.Name, KnownResourceStates.FailedToStart, exitCode: null);
        }
        catch (Exception exception)
        {
            // A handler of the program's author failed; the other resources have nothing to do with it.
            OrchestratorLog.InitializeFailed(logger, resource.Name, exception);
            services.Failures.Record(resource, resource.Name, exception.Message);
            await services.States.EndedAsync(resource, resource.Name, KnownResourceStates.FailedToStart, exitCode: null);
        }
    }
}
