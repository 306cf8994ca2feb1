using Capibara6.Hosting.Deployment.Servers;

namespace Capibara6.Hosting.Deployment;

/// <summary>Aspire's dashboard beside a deployed system.</summary>
public static class TelemetryDashboardExtensions
{
    /// <summary>
    /// Adds Aspire's dashboard on its own to a deployment that takes it: in Compose with the profile <c>monitoring</c>, in Kubernetes as
    /// the component <c>aspire-dashboard</c>. Services that send it their traces, metrics and logs name a key; who looks at them names a
    /// token. Both are secret parameters that can be generated. It keeps what it gets in memory and in its scratch folder, until it restarts.
    /// Adds nothing to a run, which has the dashboard anyway.
    /// </summary>
    /// <param name="domain">Where given, it is published as <c>dashboard.{domain}</c>; without it, it is reached through a forwarded port.</param>
    public static IDistributedApplicationBuilder AddTelemetryDashboard(
        this IDistributedApplicationBuilder builder, IResourceBuilder<ParameterResource>? domain = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.ExecutionContext.IsRunMode)
        {
            return builder;
        }

        IResourceBuilder<ParameterResource> Secret(string name) =>
            builder.CreateResourceBuilder(ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, name, special: false));
        var key = Secret("dashboard-key");
        // The name aspire-dashboard is Aspire's own and never published.
        var dashboard = builder.AddContainer("dashboard", "mcr.microsoft.com/dotnet/aspire-dashboard", "13.6.0")
            .WithHttpEndpoint(targetPort: 18888)
            .WithEndpoint(targetPort: 18889, name: "otlp")
            .WithEnvironment("ASPNETCORE_URLS", "http://+:18888")
            .WithEnvironment("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "http://+:18889")
            .WithEnvironment("ASPIRE_DASHBOARD_API_ENABLED", "false")
            .WithEnvironment("ASPIRE_DASHBOARD_DATA_DIRECTORY", "/tmp/aspire-dashboard")
            .WithEnvironment("HOME", "/tmp")
            // It logs where to log in, token and all, which is for a terminal.
            .WithEnvironment("LOGGING__LOGLEVEL__ASPIRE", "Warning")
            .WithEnvironment("DASHBOARD__FRONTEND__AUTHMODE", "BrowserToken")
            .WithEnvironment("DASHBOARD__FRONTEND__BROWSERTOKEN", Secret("dashboard-token"))
            .WithEnvironment("DASHBOARD__OTLP__AUTHMODE", "ApiKey")
            .WithEnvironment("DASHBOARD__OTLP__PRIMARYAPIKEY", key)
            // Stands beside the key for those that send: see TelemetryHeaders.
            .WithEnvironment(TelemetryHeaders, ReferenceExpression.Create($"x-otlp-api-key={key}"))
            .WithAnnotation(new ServerAnnotation { SecretFolderVariable = "ASPIRE_DASHBOARD_FILE_CONFIG_DIRECTORY" })
            .WithProbes(readiness: "/health")
            .WithResources(cpu: "100m", memory: "512Mi")
            .WithAnnotation(new MonitoringAnnotation(MonitoringRole.Telemetry));
        if (domain is not null)
        {
            dashboard.WithIngress("dashboard", domain).WithEnvironment("ASPIRE_DASHBOARD_FORWARDEDHEADERS_ENABLED", "true");
        }

        return builder;
    }

    /// <summary>OpenTelemetry's variable with what a service sends along, and the name of the secret that holds it.</summary>
    internal const string TelemetryHeaders = "OTEL_EXPORTER_OTLP_HEADERS";
}
