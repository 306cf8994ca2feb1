using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Compose;

/// <summary>
/// Who shares a network with whom: a server has one of its own with its callers, so that what the model does not connect can't
/// talk. All are internal but two: where nginx listens, and where services call models.
/// </summary>
internal static class ComposeNetworks
{
    public const string Edge = "edge";
    public const string Frontend = "frontend";
    private const string Outbound = "outbound";
    private const string Traces = "traces";

    public static IDictionary<string, ComposeNetwork> All(WorkloadModel model)
    {
        var networks = new SortedDictionary<string, ComposeNetwork>(StringComparer.Ordinal)
        {
            [Edge] = new(Internal: false),
            [Frontend] = new(Internal: true),
            [Outbound] = new(Internal: false),
        };
        if ((model.Traces ?? model.Telemetry) is not null)
        {
            networks[Traces] = new(Internal: true);
        }

        foreach (var target in model.Workloads.Where(target => model.CallersOf(target).Any()))
        {
            networks[target.Name] = new(Internal: true);
        }

        return networks;
    }

    public static IDictionary<string, ComposeAttachment> Of(Workload workload, WorkloadModel model)
    {
        var own = new SortedDictionary<string, ComposeAttachment>(StringComparer.Ordinal);
        foreach (var connection in workload.Connections)
        {
            own[connection.To] = new();
        }

        if (model.CallersOf(workload).Any())
        {
            // The name under which Prometheus looks for every replica, the same as in Kubernetes.
            own[workload.Name] = new() { Aliases = workload.IsProject ? [$"{workload.Name}-metrics"] : null };
        }

        if (workload.PublicName is not null)
        {
            own[Frontend] = new();
        }

        if (workload.OutboundPorts.Count > 0)
        {
            own[Outbound] = new();
        }

        if ((model.Traces ?? model.Telemetry) is not null
            && (model.Traces?.To == workload.Name || workload.IsTelemetryDashboard || model.Scraped.Contains(workload)))
        {
            own[Traces] = new();
        }

        if (own.Count == 0)
        {
            own[Frontend] = new();
        }

        return own;
    }
}
