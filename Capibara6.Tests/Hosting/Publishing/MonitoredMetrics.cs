using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace Capibara6.Tests.Hosting.Publishing;

/// <summary>The names of metrics that the published alerts and dashboards ask Prometheus for.</summary>
internal static partial class MonitoredMetrics
{
    private static readonly string[] s_others = ["group_left", "group_right", "kube_", "kubelet_", "certmanager_", "alertmanager_"];

    /// <summary>Those of the services: without `up`, which is Prometheus's own, and what a cluster or Alertmanager tells.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyDictionary<string, string> compose)
    {
        var rules = (Dictionary<object, object>)new DeserializerBuilder().Build().Deserialize(compose["config/prometheus/etc-prometheus-rules-alerts.yaml"])!;
        var alerts = ((List<object>)rules["groups"]).Cast<Dictionary<object, object>>()
            .SelectMany(static group => (List<object>)group["rules"]).Cast<Dictionary<object, object>>().Select(static rule => (string)rule["expr"]);
        var panels = compose.Where(static file => file.Key.StartsWith("config/grafana/", StringComparison.Ordinal) && file.Key.EndsWith(".json", StringComparison.Ordinal))
            .SelectMany(static file =>
            {
                using var dashboard = JsonDocument.Parse(file.Value);
                return Expressions(dashboard.RootElement).ToList();
            });
        return [.. alerts.Concat(panels).SelectMany(Names).Where(static name => !s_others.Any(name.StartsWith)).Distinct().Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Expressions(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(static field =>
            field is { Name: "expr", Value.ValueKind: JsonValueKind.String } ? [field.Value.GetString()!] : Expressions(field.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Expressions),
        _ => [],
    };

    /// <summary>What is left of an expression without labels, groups and functions, if it has the form of a name.</summary>
    private static IEnumerable<string> Names(string expression) =>
        Name().Matches(Labels().Replace(expression, string.Empty)).Select(static match => match.Value);

    [GeneratedRegex(@"\{[^}]*\}|\b(by|without|on|ignoring)\s*\([^)]*\)|""[^""]*""")]
    private static partial Regex Labels();

    [GeneratedRegex(@"\b[a-z][a-z0-9]*_[a-z0-9_]+\b(?!\s*\()")]
    private static partial Regex Name();
}
