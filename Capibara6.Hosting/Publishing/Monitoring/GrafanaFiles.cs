using System.Text.Json;
using System.Text.Json.Nodes;
using Capibara6.Hosting.Publishing.Workloads;
using k8s;

namespace Capibara6.Hosting.Publishing.Monitoring;

/// <summary>Grafana's data sources and dashboards, so that it shows something the first time it is opened.</summary>
internal static class GrafanaFiles
{
    private const string DashboardFolder = "/etc/grafana/dashboards";

    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IEnumerable<WorkloadFile> For(WorkloadModel model)
    {
        yield return new WorkloadFile("/etc/grafana/provisioning/datasources/capibara6.yaml", DataSources());
        yield return new WorkloadFile("/etc/grafana/provisioning/dashboards/capibara6.yaml", Providers());
        yield return new WorkloadFile($"{DashboardFolder}/services.json", Dashboard("Services", "capibara6-services", ServicePanels(model)));
        yield return new WorkloadFile($"{DashboardFolder}/work.json", Dashboard("Queries and jobs", "capibara6-work", WorkPanels(model)));
    }

    private static string DataSources() => KubernetesYaml.Serialize(new
    {
        apiVersion = 1,
        datasources = new object[]
        {
            new { name = "Prometheus", uid = "prometheus", type = "prometheus", access = "proxy", url = "$PROMETHEUS_URL", isDefault = true },
            new { name = "Jaeger", uid = "jaeger", type = "jaeger", access = "proxy", url = "$JAEGER_URL" },
        },
    });

    private static string Providers() => KubernetesYaml.Serialize(new
    {
        apiVersion = 1,
        providers = new[]
        {
            new { name = "Capibara6", folder = "Capibara6", type = "file", disableDeletion = true, allowUiUpdates = false, options = new { path = DashboardFolder } },
        },
    });

    private static IEnumerable<Panel> ServicePanels(WorkloadModel model)
    {
        var services = string.Join('|', model.Scraped.Select(static workload => workload.Name));
        yield return new("Replicas that answer", $"sum by (job) (up{{job=~\"{services}\"}})", "{{job}}", "short");
        yield return new("Requests per second", $"sum by (job) (rate(http_server_request_duration_seconds_count{{job=~\"{services}\"}}[5m]))", "{{job}}", "reqps");
        yield return new(
            "Requests that fail",
            $"sum by (job) (rate(http_server_request_duration_seconds_count{{job=~\"{services}\",http_response_status_code=~\"5..\"}}[5m]))",
            "{{job}}", "reqps");
        yield return new(
            "Latency, 95th percentile",
            $"histogram_quantile(0.95, sum by (job, le) (rate(http_server_request_duration_seconds_bucket{{job=~\"{services}\"}}[5m])))",
            "{{job}}", "s");
        yield return new(
            "Latency by route, 95th percentile",
            $"histogram_quantile(0.95, sum by (http_route, le) (rate(http_server_request_duration_seconds_bucket{{job=~\"{services}\"}}[5m])))",
            "{{http_route}}", "s");
        yield return new("Requests in hand", $"sum by (job) (http_server_active_requests{{job=~\"{services}\"}})", "{{job}}", "short");
    }

    private static IEnumerable<Panel> WorkPanels(WorkloadModel model)
    {
        foreach (var workload in model.Workloads.Where(static workload => workload.QueueAutoscaling is not null))
        {
            yield return new("Jobs that wait", $"max({workload.QueueAutoscaling!.Metric})", "waiting", "short");
            yield return new("Worker replicas", $"sum(up{{job=\"{workload.Name}\"}})", "replicas", "short");
        }

        var services = string.Join('|', model.Scraped.Select(static workload => workload.Name));
        yield return new(
            "Calls to models, per second",
            $"sum by (job, server_address) (rate(http_client_request_duration_seconds_count{{job=~\"{services}\"}}[5m]))", "{{job}} {{server_address}}", "reqps");
        yield return new(
            "Calls to models, 95th percentile",
            $"histogram_quantile(0.95, sum by (server_address, le) (rate(http_client_request_duration_seconds_bucket{{job=~\"{services}\"}}[5m])))",
            "{{server_address}}", "s");
    }

    private static string Dashboard(string title, string uid, IEnumerable<Panel> panels) => new JsonObject
    {
        ["title"] = title,
        ["uid"] = uid,
        ["schemaVersion"] = 39,
        ["editable"] = false,
        ["refresh"] = "30s",
        ["time"] = new JsonObject { ["from"] = "now-6h", ["to"] = "now" },
        ["panels"] = new JsonArray([.. panels.Select(static (panel, index) => panel.ToJson(index))]),
    }.ToJsonString(s_json) + "\n";

    private sealed record Panel(string Title, string Expression, string Legend, string Unit)
    {
        private const int Width = 12;
        private const int Height = 8;

        public JsonObject ToJson(int index) => new JsonObject
        {
            ["id"] = index + 1,
            ["type"] = "timeseries",
            ["title"] = Title,
            ["datasource"] = new JsonObject { ["type"] = "prometheus", ["uid"] = "prometheus" },
            ["gridPos"] = new JsonObject { ["x"] = index % 2 * Width, ["y"] = index / 2 * Height, ["w"] = Width, ["h"] = Height },
            ["fieldConfig"] = new JsonObject
            {
                ["defaults"] = new JsonObject { ["unit"] = Unit, ["min"] = 0 },
                ["overrides"] = new JsonArray(),
            },
            ["targets"] = new JsonArray(new JsonObject { ["refId"] = "A", ["expr"] = Expression, ["legendFormat"] = Legend }),
        };
    }
}
