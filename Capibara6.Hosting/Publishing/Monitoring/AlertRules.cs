using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Monitoring;

/// <param name="Expression">PromQL that gives a series for each thing that is wrong.</param>
/// <param name="For">How long it must be wrong, as Prometheus writes durations.</param>
/// <param name="Runbook">The heading in docs/operations.md that says what to do.</param>
internal sealed record AlertRule(string Name, string Expression, string For, string Severity, string Summary, string Runbook);

/// <summary>What wakes somebody: users get errors, users wait, work piles up, nobody answers.</summary>
internal static class AlertRules
{
    public static IEnumerable<AlertRule> For(WorkloadModel model)
    {
        var services = string.Join('|', model.Scraped.Select(static workload => workload.Name));
        yield return new AlertRule(
            "ServiceDown", $"up{{job=~\"{services}\"}} == 0", "2m", "critical",
            "{{ $labels.job }} at {{ $labels.instance }} does not answer.", "service-down");
        yield return new AlertRule(
            "ServiceMissing", string.Join(" or ", model.Scraped.Select(static workload => $"absent(up{{job=\"{workload.Name}\"}})")), "5m", "critical",
            "No replica of {{ $labels.job }} is known.", "service-missing");
        yield return new AlertRule(
            "ErrorRateHigh",
            $"sum by (job) (rate(http_server_request_duration_seconds_count{{job=~\"{services}\",http_response_status_code=~\"5..\"}}[5m]))"
            + $" / sum by (job) (rate(http_server_request_duration_seconds_count{{job=~\"{services}\"}}[5m])) > 0.05",
            "5m", "critical", "More than 5 % of the requests to {{ $labels.job }} fail.", "error-rate-high");
        yield return new AlertRule(
            "LatencyHigh",
            $"histogram_quantile(0.95, sum by (job, le) (rate(http_server_request_duration_seconds_bucket{{job=~\"{services}\"}}[10m]))) > 20",
            "10m", "warning", "One request in twenty to {{ $labels.job }} takes more than 20 seconds.", "latency-high");
        yield return new AlertRule(
            "MemoryNearLimit",
            string.Join(" or ", model.Scraped.Select(static workload =>
                $"dotnet_process_memory_working_set_bytes{{job=\"{workload.Name}\"}} > {workload.Resources.MemoryLimitBytes * 9 / 10}")),
            "10m", "warning", "{{ $labels.job }} at {{ $labels.instance }} uses more than 90 % of its memory.", "memory-near-limit");
        foreach (var workload in model.Workloads.Where(static workload => workload.QueueAutoscaling is not null))
        {
            var scaling = workload.QueueAutoscaling!;
            yield return new AlertRule(
                "QueueGrows",
                $"max({scaling.Metric}) > {scaling.ItemsPerReplica * scaling.Maximum * 5} and deriv(max({scaling.Metric})[15m:1m]) > 0",
                "15m", "warning", "More work waits than all replicas take on, and it grows.", "queue-grows");
        }
    }
}
