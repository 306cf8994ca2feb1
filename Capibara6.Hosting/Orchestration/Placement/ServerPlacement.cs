using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration.Containers;
using Capibara6.Hosting.Orchestration.Processes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Capibara6.Hosting.Orchestration.Placement;

/// <summary>Decides for each resource with an image whether it runs as a container or as a process of this machine.</summary>
internal sealed class ServerPlacement(
    DistributedApplicationModel model, IOptions<PlacementOptions> options, IConfiguration configuration, ContainerRuntimes runtimes, HostRun run,
    ILogger<ServerPlacement> logger)
{
    private const int SuffixLength = 8;

    /// <summary>What runs containers; null when nothing does.</summary>
    public IContainerRuntime? Runtime { get; private set; }

    /// <summary>Why there are no containers; empty when there are.</summary>
    public string NoContainers { get; private set; } = string.Empty;

    /// <summary>The network of this run's containers.</summary>
    public string Network { get; } = $"aspire-session-network-{run.Id[^SuffixLength..]}";

    public async Task PlaceAsync(CancellationToken cancellationToken)
    {
        List<ContainerResource> images = [.. model.Resources.OfType<ContainerResource>()];
        if (images.Count == 0)
        {
            return;
        }

        await ChooseAsync(cancellationToken);
        if (Runtime is not null)
        {
            OrchestratorLog.Placed(logger, $"in containers of {Runtime.Version}");
            return;
        }

        foreach (var server in images.Where(image => image is PostgresServerResource or RedisResource))
        {
            server.Annotations.Add(new LocalServerAnnotation());
        }

        OrchestratorLog.Placed(logger, $"as processes of this machine. {NoContainers}");
    }

    /// <summary>Removes what a run has left that was killed.</summary>
    public async Task RemoveContainersAsync(string runtime, string runId, CancellationToken cancellationToken)
    {
        var choice = await runtimes.FindAsync([runtime], cancellationToken);
        if (choice.Runtime is { } found)
        {
            await found.RemoveRunAsync(runId, cancellationToken);
        }
        else
        {
            OrchestratorLog.LeftoversStay(logger, choice.Reason);
        }
    }

    private async Task ChooseAsync(CancellationToken cancellationToken)
    {
        var mode = options.Value.InfrastructureMode;
        if (mode == InfrastructureMode.Local)
        {
            NoContainers = "Containers are switched off (--infrastructure local).";
            return;
        }

        var choice = await runtimes.FindAsync(name => configuration[name] ?? configuration["DcpPublisher:ContainerRuntime"], cancellationToken);
        (Runtime, NoContainers) = (choice.Runtime, choice.Reason);
        if (Runtime is null && mode == InfrastructureMode.Containers)
        {
            throw new DistributedApplicationException(
                $"There is no container runtime: {NoContainers} Start docker or podman, or let servers run without containers (--infrastructure auto).");
        }
    }
}
