using k8s.Models;

namespace Capibara6.Tests.Hosting.Publishing.Rules;

/// <summary>What runs can be seen, and what is wrong is said.</summary>
internal static class ObservabilityRules
{
    private static readonly string[] s_services = ["capibara6-api", "capibara6-graphql", "capibara6-worker"];

    public static IEnumerable<ManifestRule> All =>
    [
        new("services are named in telemetry", static set => s_services.Where(service => !set.Of<V1ConfigMap>().Any(map =>
            map.Metadata.Name == $"{service}-env" && map.Data.TryGetValue("OTEL_SERVICE_NAME", out var name) && name == service))),
        new("traces have somewhere to go", static set => !HasMonitoring(set) ? [] : s_services.Where(service => !set.Patches.Any(patch =>
            patch.Contains($"name: {service}\n", StringComparison.Ordinal) && patch.Contains("OTEL_EXPORTER_OTLP_ENDPOINT", StringComparison.Ordinal)))),
        new("every service is scraped", static set => !HasMonitoring(set) ? [] : s_services.Where(service => !set.Custom.Any(item =>
            item.Kind == "ServiceMonitor" && item.Text("selector", "matchLabels", "app.kubernetes.io/name") == service
            && set.Of<V1Service>().Any(own => own.Metadata.Name == service && own.Spec.Ports.Any(port => port.Name == item.Text("endpoints", "0", "port")))))),
        new("alerts say what to do", static set => set.Custom.Where(static item => item.Kind == "PrometheusRule")
            .SelectMany(static item => ((List<object>)item.Find("groups", "0", "rules")!).Cast<Dictionary<object, object>>())
            .Where(static rule => !(rule.ContainsKey("expr") && rule.ContainsKey("for") && ((Dictionary<object, object>)rule["labels"]).ContainsKey("severity")
                && rule["annotations"] is Dictionary<object, object> notes && notes.ContainsKey("summary") && notes.ContainsKey("runbook_url")))
            .Select(static rule => (string)rule["alert"])),
    ];

    private static bool HasMonitoring(ManifestSet set) => set.Custom.Any(static item => item.Kind == "PrometheusRule");
}
