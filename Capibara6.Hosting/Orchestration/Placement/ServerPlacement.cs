using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Capibara6.Hosting.Orchestration.Placement;

/// <summary>Decides for each resource with an image whether it runs as a container or as a process of this machine.</summary>
internal sealed class ServerPlacement(
    DistributedApplicationModel model, IOptions<PlacementOptions> options, ILogger<ServerPlacement> logger)
{
    /// <summary>Why there are no containers; null when there are.</summary>
    public string? NoContainers { get; private set; } = "No container runtime (docker or podman) was looked for.";

    public Task PlaceAsync(CancellationToken cancellationToken)
    {
        List<ContainerResource> images = [.. model.Resources.OfType<ContainerResource>()];
        if (images.Count == 0)
        {
            return Task.CompletedTask;
        }

        var mode = options.Value.InfrastructureMode;
        NoContainers = mode == InfrastructureMode.Local ? "Containers are switched off (--infrastructure local)." : "Neither docker nor podman answers on this machine.";
        if (NoContainers is not null && mode == InfrastructureMode.Containers)
        {
            throw new DistributedApplicationException(
                $"{NoContainers} Start one of them, or let servers run without containers (--infrastructure auto).");
        }

        foreach (var server in images.Where(image => NoContainers is not null && image is PostgresServerResource or RedisResource))
        {
            server.Annotations.Add(new LocalServerAnnotation());
        }

        OrchestratorLog.Placed(logger, NoContainers is null ? "in containers" : $"as processes of this machine. {NoContainers}");
        return Task.CompletedTask;
    }

    public Task RemoveContainersAsync(string runtime, string runId, CancellationToken cancellationToken) => Task.CompletedTask;
}
