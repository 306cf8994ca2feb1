using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Monitoring;

/// <summary>Tells Grafana where metrics, traces and dashboards are, so that it shows something the first time it is opened.</summary>
internal static class GrafanaFiles
{
    public static IEnumerable<WorkloadFile> For(string application) =>
    [
        new WorkloadFile($"/etc/grafana/provisioning/datasources/{application}.yaml", """
            apiVersion: 1
            datasources:
            - {name: Prometheus, uid: prometheus, type: prometheus, access: proxy, url: $PROMETHEUS_URL, isDefault: true}
            - {name: Jaeger, uid: jaeger, type: jaeger, access: proxy, url: $JAEGER_URL}

            """),
        new WorkloadFile($"/etc/grafana/provisioning/dashboards/{application}.yaml", $$$"""
            apiVersion: 1
            providers:
            - {name: {{{application}}}, folder: {{{application}}}, type: file, disableDeletion: true, allowUiUpdates: false, options: {path: /etc/grafana/dashboards}}

            """),
    ];
}
