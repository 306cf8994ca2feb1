using Capibara6.Hosting.Deployment.Servers;

namespace Capibara6.Hosting.Deployment;

/// <summary>What a container does for monitoring.</summary>
public enum MonitoringRole
{
    /// <summary>Reads the services' /metrics and watches the alerts.</summary>
    Metrics,

    /// <summary>Takes the alerts and tells people.</summary>
    Alerts,

    /// <summary>Takes the services' traces, as OTLP.</summary>
    Traces,

    /// <summary>Shows metrics and traces.</summary>
    Dashboards,

    /// <summary>Takes the services' traces, metrics and logs, as OTLP, and shows them.</summary>
    Telemetry,
}

/// <summary>Marks a container of the monitoring, which a deployment may leave out.</summary>
public sealed record MonitoringAnnotation(MonitoringRole Role) : IResourceAnnotation;

/// <summary>Prometheus, Alertmanager, Grafana and Jaeger.</summary>
public static class MonitoringExtensions
{
    /// <summary>
    /// Adds Prometheus, Alertmanager, Grafana and Jaeger to a deployment, with scrapes made from the model and what a folder of the AppHost holds in
    /// their own formats: <c>alerts.yaml</c> (Prometheus's rules), <c>alertmanager.yaml</c> and <c>dashboards/*.json</c> (Grafana's). Adds nothing
    /// to a run: there, the dashboard shows logs, traces and metrics.
    /// </summary>
    /// <remarks>
    /// Alertmanager finds the address of the secret parameter <c>alert-webhook</c> in the file <c>/run/secrets/ALERT_WEBHOOK</c>; nobody gets its
    /// alerts while that is not given.
    /// </remarks>
    /// <param name="folder">Relative to the AppHost's own.</param>
    /// <param name="domain">Where given, Grafana is published as <c>monitoring.{domain}</c>.</param>
    public static IDistributedApplicationBuilder AddMonitoring(
        this IDistributedApplicationBuilder builder, string folder, IResourceBuilder<ParameterResource>? domain = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(folder);
        if (builder.ExecutionContext.IsRunMode)
        {
            return builder;
        }

        var webhook = builder.AddDefaultedParameter("alert-webhook", "http://127.0.0.1:9/nobody", secret: true).WithOutboundAccess();
        var alerts = builder.AddContainer("alertmanager", "docker.io/prom/alertmanager", "v0.28.1")
            .WithHttpEndpoint(targetPort: 9093)
            .WithVolume("alertmanager-data", "/alertmanager")
            // Alone: it has no peers to gossip with.
            .WithArgs("--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/alertmanager", "--cluster.listen-address=")
            .WithBindMount($"{folder}/alertmanager.yaml", "/etc/alertmanager/alertmanager.yml", isReadOnly: true)
            .WithEnvironment("ALERT_WEBHOOK", webhook)
            .WithAnnotation(new ServerAnnotation { SecretFilePrefix = "ALERT_", SecretFileSuffix = "_FILE" })
            .WithProbes(readiness: "/-/ready")
            .WithHealthCommand("wget -q -O /dev/null http://127.0.0.1:9093/-/ready || exit 1")
            .WithResources(cpu: "50m", memory: "128Mi")
            .WithVolumeSize("1Gi")
            .WithAnnotation(new MonitoringAnnotation(MonitoringRole.Alerts));
        var metrics = builder.AddContainer("prometheus", "docker.io/prom/prometheus", "v3.5.0")
            .WithHttpEndpoint(targetPort: 9090)
            .WithVolume("prometheus-data", "/prometheus")
            .WithBindMount($"{folder}/alerts.yaml", "/etc/prometheus/rules/alerts.yaml", isReadOnly: true)
            // A reference opens the way; Prometheus finds the address in its configuration.
            .WithEnvironment("ALERTMANAGER_URL", alerts.GetEndpoint("http"))
            .WithArgs("--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus", "--storage.tsdb.retention.time=15d")
            .WithProbes(readiness: "/-/ready")
            .WithHealthCommand("wget -q -O /dev/null http://127.0.0.1:9090/-/ready || exit 1")
            .WithResources(cpu: "200m", memory: "1Gi")
            .WithVolumeSize("20Gi")
            .WithAnnotation(new MonitoringAnnotation(MonitoringRole.Metrics));
        var traces = builder.AddContainer("jaeger", "cr.jaegertracing.io/jaegertracing/jaeger", "2.20.0")
            .WithHttpEndpoint(targetPort: 16686)
            .WithEndpoint(targetPort: 4317, name: "otlp")
            // Its own 100,000, in memory, would be more than it is given.
            .WithArgs("--set=extensions.jaeger_storage.backends.some_storage.memory.max_traces=10000")
            .WithProbes(readiness: "/")
            .WithResources(cpu: "100m", memory: "512Mi")
            .WithAnnotation(new MonitoringAnnotation(MonitoringRole.Traces));
        var password = ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, "grafana-password", special: false);
        var dashboards = builder.AddContainer("grafana", "docker.io/grafana/grafana", "12.3.0")
            .WithHttpEndpoint(targetPort: 3000)
            .WithVolume("/var/lib/grafana").WithVolumeSize("128Mi")
            .WithBindMount($"{folder}/dashboards", "/etc/grafana/dashboards", isReadOnly: true)
            .WithEnvironment("PROMETHEUS_URL", metrics.GetEndpoint("http"))
            .WithEnvironment("JAEGER_URL", traces.GetEndpoint("http"))
            .WithEnvironment("GF_SECURITY_ADMIN_PASSWORD", builder.CreateResourceBuilder(password))
            .WithEnvironment("GF_ANALYTICS_REPORTING_ENABLED", "false")
            .WithEnvironment("GF_PLUGINS_PREINSTALL_DISABLED", "true")
            .WithEnvironment("GF_ANALYTICS_CHECK_FOR_UPDATES", "false")
            .WithEnvironment("GF_USERS_ALLOW_SIGN_UP", "false")
            .WithProbes(readiness: "/api/health")
            .WithHealthCommand("wget -q -O /dev/null http://127.0.0.1:3000/api/health || exit 1")
            .WithAnnotation(new ServerAnnotation { SecretFilePrefix = "GF_", SecretFileSuffix = "__FILE" })
            .WithResources(cpu: "100m", memory: "512Mi")
            .WithAnnotation(new MonitoringAnnotation(MonitoringRole.Dashboards));
        if (domain is not null)
        {
            dashboards.WithIngress("monitoring", domain);
        }

        return builder;
    }
}
