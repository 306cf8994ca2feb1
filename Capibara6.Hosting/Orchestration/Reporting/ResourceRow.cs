using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Capibara6.Hosting.Orchestration.Reporting;

/// <summary>What the console says of one instance.</summary>
internal sealed record ResourceRow(string Name, string State, string? Style, string Endpoints, string RunsAs)
{
    /// <summary>Null for what is no news on a console: parameters, and what is hidden.</summary>
    public static ResourceRow? Of(ResourceEvent change)
    {
        var snapshot = change.Snapshot;
        if (snapshot.IsHidden || snapshot.ResourceType == KnownResourceTypes.Parameter || snapshot.State is null)
        {
            return null;
        }

        var instances = ResourceInstances.GetIds(change.Resource);
        var healthy = snapshot.HealthStatus is null or HealthStatus.Healthy;
        return new ResourceRow(
            instances.Length > 1 ? change.ResourceId : change.Resource.Name,
            StateOf(snapshot, healthy),
            healthy ? snapshot.State.Style : KnownResourceStateStyles.Warn,
            string.Join(' ', snapshot.Urls.Where(url => !url.IsInternal).Select(url => url.Url)),
            snapshot.State.Text != KnownResourceStates.Running ? string.Empty : snapshot.Properties.FirstOrDefault(property => property.Name == Orchestration.RunsAs.Property)?.Value?.ToString() ?? string.Empty);
    }

    /// <summary>Whether nothing more is to be expected of the instance by itself.</summary>
    public static bool IsSettled(CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text is { } state
        && (state == KnownResourceStates.NotStarted
            || state == KnownResourceStates.RuntimeUnhealthy
            || KnownResourceStates.TerminalStates.Contains(state)
            || (state == KnownResourceStates.Running && snapshot.HealthStatus is HealthStatus.Healthy));

    public string ToLine() => $"{Name,-24} {State,-22} {Endpoints,-26} {RunsAs}".TrimEnd();

    private static string StateOf(CustomResourceSnapshot snapshot, bool healthy)
    {
        var state = snapshot.State!.Text;
        if (state == KnownResourceStates.Running)
        {
            return healthy ? "Healthy" : snapshot.HealthReports.Any(report => report.Status is not null) ? "Running, unhealthy" : "Running";
        }

        // 143: ended as it was told to.
        return snapshot.ExitCode is { } exitCode and not (0 or 143) ? $"{state} (code {exitCode})" : state;
    }
}
