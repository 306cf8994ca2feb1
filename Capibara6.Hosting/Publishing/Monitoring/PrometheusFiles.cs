using Capibara6.Hosting.Publishing.Workloads;
using k8s;

namespace Capibara6.Hosting.Publishing.Monitoring;

/// <summary>Prometheus' configuration and alerts, made from the model. Each replica is found by DNS, the same way in Compose and Kubernetes.</summary>
internal static class PrometheusFiles
{
    public const string ConfigurationPath = "/etc/prometheus/prometheus.yml";
    private const string AlertsPath = "/etc/prometheus/alerts.yml";

    public static IEnumerable<WorkloadFile> For(WorkloadModel model, string runbookUrl)
    {
        yield return new WorkloadFile(ConfigurationPath, Configuration(model));
        yield return new WorkloadFile(AlertsPath, Alerts(model, runbookUrl));
    }

    private static string Configuration(WorkloadModel model) => KubernetesYaml.Serialize(new Dictionary<string, object>
    {
        ["global"] = new Dictionary<string, object> { ["scrape_interval"] = "15s", ["evaluation_interval"] = "15s" },
        ["rule_files"] = new[] { AlertsPath },
        ["scrape_configs"] = model.Scraped.Select(static workload => new Dictionary<string, object>
        {
            ["job_name"] = workload.Name,
            ["metrics_path"] = "/metrics",
            ["dns_sd_configs"] = new[]
            {
                new Dictionary<string, object>
                {
                    ["names"] = new[] { $"{workload.Name}-metrics" },
                    ["type"] = "A",
                    ["port"] = workload.HttpPort!.Number,
                    ["refresh_interval"] = "15s",
                },
            },
        }).ToArray(),
    });

    private static string Alerts(WorkloadModel model, string runbookUrl) => KubernetesYaml.Serialize(new Dictionary<string, object>
    {
        ["groups"] = new[] { new { name = model.Application, rules = AlertRules.For(model).Select(rule => Rule(rule, runbookUrl)).ToArray() } },
    });

    /// <summary>A rule as both a rule file and a PrometheusRule hold it.</summary>
    public static object Rule(AlertRule rule, string runbookUrl) => new Dictionary<string, object>
    {
        ["alert"] = rule.Name,
        ["expr"] = rule.Expression,
        ["for"] = rule.For,
        ["labels"] = new { severity = rule.Severity },
        ["annotations"] = new Dictionary<string, object>
        {
            ["summary"] = rule.Summary,
            ["runbook_url"] = $"{runbookUrl}#{rule.Runbook}",
        },
    };
}
