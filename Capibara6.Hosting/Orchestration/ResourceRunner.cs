using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Capibara6.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration.Endpoints;
using Capibara6.Hosting.Orchestration.Replicas;

namespace Capibara6.Hosting.Orchestration;

/// <summary>What all runners work with.</summary>
internal sealed record RunnerServices(
    IDistributedApplicationEventing Eventing, ResourceNotificationService Notifications, ReplicaStates States, RunFailures Failures, IServiceProvider Provider);

/// <summary>One resource of the model that runs here: its endpoints, its replicas, and when they start.</summary>
internal sealed class ResourceRunner(
    IResource resource, IReadOnlyList<ResourceEndpoint> endpoints, IReadOnlyList<Replica> replicas, RunnerServices services)
{
    private readonly Lock _gate = new();
    private readonly HashSet<Replica> _wanted = [];
    private bool _isStarting;
    private Task _starting = Task.CompletedTask;

    public IResource Resource => resource;

    public IReadOnlyList<ResourceEndpoint> Endpoints => endpoints;

    public IReadOnlyList<Replica> Replicas => replicas;

    // One for each start: a stop ends the start that waits, and not the next one.
    private CancellationTokenSource Stopping { get; set; } = new();

    /// <summary>Begins to start replicas, all when <paramref name="only"/> is null; returns at once.</summary>
    public void Start(Replica? only = null)
    {
        lock (_gate)
        {
            _wanted.UnionWith(only is null ? replicas : [only]);
            if (_isStarting)
            {
                return;
            }

            _isStarting = true;
            if (Stopping.IsCancellationRequested)
            {
                Stopping = new CancellationTokenSource();
            }

            var stopping = Stopping.Token;
            services.Failures.Forget(resource);
            _starting = Task.Run(() => StartAsync(stopping), CancellationToken.None);
        }
    }

    /// <summary>The host ends: ends a start that waits, and stops all replicas that are not meant to outlive it.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await EndStartAsync();
        await Task.WhenAll(replicas.Select(replica => replica.StopAsync(leave: true, cancellationToken)));
    }

    /// <summary>Stops one replica.</summary>
    public async Task StopAsync(Replica replica, CancellationToken cancellationToken)
    {
        await EndStartAsync();
        await replica.StopAsync(leave: false, cancellationToken);
    }

    private async Task EndStartAsync()
    {
        Task starting;
        lock (_gate)
        {
            Stopping.Cancel();
            starting = _starting;
        }

        await starting;
    }

    private async Task StartAsync(CancellationToken stopping)
    {
        try
        {
            await services.Eventing.PublishAsync(new BeforeResourceStartedEvent(resource, services.Provider), stopping);

            // Waiting is a state of the whole resource: a replica that joins others which run already needs none.
            if (!replicas.Any(replica => replica.IsRunning))
            {
                await services.Notifications.WaitForDependenciesAsync(resource, stopping);
            }

            lock (_gate)
            {
                foreach (var replica in _wanted)
                {
                    replica.Start();
                }

                _wanted.Clear();
                _isStarting = false;
            }
        }
        catch (OperationCanceledException)
        {
            await EndAsync(KnownResourceStates.Exited);
        }
        catch (DistributedApplicationException exception)
        {
            services.Failures.RecordWait(resource, exception);
            await EndAsync(KnownResourceStates.FailedToStart);
        }
        catch (Exception exception)
        {
            // A handler of the program's author failed: the resource it was for doesn't start.
            services.Failures.Record(resource, resource.Name, exception.Message);
            await EndAsync(KnownResourceStates.FailedToStart);
        }
    }

    private async Task EndAsync(string state)
    {
        lock (_gate)
        {
            _wanted.Clear();
            _isStarting = false;
        }

        foreach (var id in ResourceInstances.GetIds(resource))
        {
            await services.States.EndedAsync(resource, id, state, exitCode: null);
        }
    }
}
