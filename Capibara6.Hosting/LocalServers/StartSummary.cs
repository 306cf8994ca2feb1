using Capibara6.Hosting.LocalServers.Programs;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Capibara6.Hosting.LocalServers;

/// <summary>Says on the console when everything is healthy, and where it is: the URLs that the model has given a text (WithUrl, WithUrlForEndpoint).</summary>
internal sealed class StartSummary(DistributedApplicationModel model, ResourceNotificationService notifications, ILogger<StartSummary> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Dictionary<string, ResourceEvent> current = new(StringComparer.Ordinal); // by instance
        await foreach (var change in notifications.WatchAsync(stoppingToken).ConfigureAwait(false))
        {
            current[change.ResourceId] = change;
            if (current.Values.All(IsUp) && current.Values.Select(instance => instance.Resource).Distinct().Count() == model.Resources.Count)
            {
                var waiting = string.Join(", ", current.Values.Where(IsWithoutRuntime).Select(instance => instance.Resource.Name));
                LocalServerLog.Healthy(logger, (waiting.Length > 0 ? $", but for what needs a container runtime: {waiting}" : string.Empty) + Urls(current));
                return;
            }
        }
    }

    private static bool IsUp(ResourceEvent instance) =>
        instance.Resource is not (ProjectResource or ExecutableResource or ContainerResource)
        || instance.Resource.HasAnnotationOfType<ExplicitStartupAnnotation>()
        || instance.Snapshot is { IsHidden: true } or { HealthStatus: HealthStatus.Healthy }
        || instance.Snapshot.State?.Text == KnownResourceStates.Finished
        || IsWithoutRuntime(instance); // for as long as it takes

    private static bool IsWithoutRuntime(ResourceEvent instance) => instance.Snapshot.State?.Text == KnownResourceStates.RuntimeUnhealthy;

    private static string Urls(Dictionary<string, ResourceEvent> current)
    {
        var lines = new StringBuilder();
        foreach (var url in current.Values.Where(instance => !instance.Snapshot.IsHidden)
            .SelectMany(instance => instance.Snapshot.Urls.Where(url => url is { IsInternal: false, DisplayProperties.DisplayName.Length: > 0 }))
            .DistinctBy(url => url.Url))
        {
            lines.AppendLine().Append("      - ").Append(url.DisplayProperties.DisplayName).Append(": ").Append(url.Url);
        }

        return lines.ToString();
    }
}
