using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Monitoring;

/// <summary>Prometheus's configuration, made from the model. Each replica is found by DNS, the same way in Compose and Kubernetes.</summary>
internal static class PrometheusFiles
{
    /// <param name="alerts">Where alerts go; null: nowhere.</param>
    public static WorkloadFile Configuration(WorkloadModel model, Workload? alerts)
    {
        var text = new StringBuilder($"""
            global:
              scrape_interval: 15s
              evaluation_interval: 15s
            rule_files: [{AlertRules.Folder}*.yaml]
            scrape_configs:

            """);
        foreach (var workload in model.Scraped)
        {
            text.Append(CultureInfo.InvariantCulture, $$"""
                - job_name: {{workload.Name}}
                  dns_sd_configs:
                  - {names: [{{workload.Name}}-metrics], type: A, port: {{workload.MetricsPort!.Number}}, refresh_interval: 15s}

                """);
        }

        if (alerts is not null)
        {
            var targets = $"static_configs: [{{targets: ['{alerts.Name}:{alerts.HttpPort!.Number}']}}]";
            text.Append($"""
                - job_name: {alerts.Name}
                  {targets}
                alerting:
                  alertmanagers:
                  - {targets}

                """);
        }

        return new WorkloadFile("/etc/prometheus/prometheus.yml", text.ToString());
    }
}
