using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.Deployment.Servers;

namespace Capibara6.Hosting.Deployment;

/// <summary>What a container does for monitoring.</summary>
public enum MonitoringRole
{
    /// <summary>Reads the services' /metrics and watches the alerts.</summary>
    Metrics,

    /// <summary>Takes the services' traces, as OTLP.</summary>
    Traces,

    /// <summary>Shows both.</summary>
    Dashboards,

    /// <summary>Takes the services' traces, metrics and logs, as OTLP, and shows them.</summary>
    Telemetry,
}

/// <summary>Marks a container of the monitoring, which a deployment may leave out.</summary>
public sealed record MonitoringAnnotation(MonitoringRole Role) : IResourceAnnotation;

/// <summary>Prometheus, Grafana and Jaeger.</summary>
public static class MonitoringExtensions
{
    /// <summary>
    /// Adds Prometheus, Grafana and Jaeger to a deployment, with scrapes, alerts and dashboards made from the model. Adds nothing
    /// to a run: there, the dashboard shows logs, traces and metrics.
    /// </summary>
    /// <param name="domain">Where given, Grafana is published as <c>monitoring.{domain}</c>.</param>
    public static IDistributedApplicationBuilder AddMonitoring(
        this IDistributedApplicationBuilder builder, IResourceBuilder<ParameterResource>? domain = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.ExecutionContext.IsRunMode)
        {
            return builder;
        }

        var metrics = builder.AddContainer("prometheus", "docker.io/prom/prometheus", "v3.5.0")
            .WithHttpEndpoint(targetPort: 9090)
            .WithVolume("prometheus-data", "/prometheus")
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
