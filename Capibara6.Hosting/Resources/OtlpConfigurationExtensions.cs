using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting;
using Capibara6.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Sends the telemetry of resources to the dashboard.</summary>
public static class OtlpConfigurationExtensions
{
    private const string DefaultEndpoint = "http://localhost:18889";

    public static IResourceBuilder<T> WithOtlpExporter<T>(this IResourceBuilder<T> builder) where T : IResourceWithEnvironment =>
        builder.WithOtlpExporter(required: null);

    /// <param name="protocol">The protocol that the resource insists on.</param>
    public static IResourceBuilder<T> WithOtlpExporter<T>(this IResourceBuilder<T> builder, OtlpProtocol protocol) where T : IResourceWithEnvironment =>
        builder.WithOtlpExporter((OtlpProtocol?)protocol);

    private static IResourceBuilder<T> WithOtlpExporter<T>(this IResourceBuilder<T> builder, OtlpProtocol? required) where T : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        var known = builder.Resource.HasAnnotationOfType<OtlpExporterAnnotation>();
        builder.WithAnnotation(new OtlpExporterAnnotation { RequiredProtocol = required }, ResourceAnnotationMutationBehavior.Replace);
        if (known)
        {
            return builder;
        }

        var configuration = builder.ApplicationBuilder.Configuration;
        var development = builder.ApplicationBuilder.Environment.IsDevelopment();
        return builder.WithEnvironment(context =>
        {
            if (context.ExecutionContext.IsRunMode && builder.Resource.TryGetLastAnnotation<OtlpExporterAnnotation>(out var exporter))
            {
                SetVariables(context, configuration, exporter.RequiredProtocol, development);
            }
        });
    }

    private static void SetVariables(EnvironmentCallbackContext context, ConfigurationManager configuration, OtlpProtocol? required, bool development)
    {
        var variables = context.EnvironmentVariables;
        if (!HasReceiver(configuration))
        {
            return;
        }

        var (endpoint, protocol) = Choose(configuration, required, context.Resource.Name);
        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = new HostUrl(endpoint);
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol;
        variables["OTEL_SERVICE_NAME"] = context.Resource.Name;
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={ResourceConfigurationEvaluator.InstanceSuffixPlaceholder}";
        if (AppHostConfiguration.NullIfEmpty(configuration["AppHost:OtlpApiKey"]) is { } key)
        {
            variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={key}";
        }

        if (development)
        {
            variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
            variables["OTEL_TRACES_SAMPLER"] = "always_on";
            variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
            variables["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true";
        }
    }

    // Without an address, which a dashboard sets when it starts, every export would fail and be tried again.
    private static bool HasReceiver(ConfigurationManager configuration) =>
        AppHostConfiguration.Read(configuration, "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_ENDPOINT_URL") is not null
        || AppHostConfiguration.Read(configuration, "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL") is not null;

    private static (string Endpoint, string Protocol) Choose(ConfigurationManager configuration, OtlpProtocol? required, string resource)
    {
        var grpc = AppHostConfiguration.Read(configuration, "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_ENDPOINT_URL");
        var http = AppHostConfiguration.Read(configuration, "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL");
        return required switch
        {
            OtlpProtocol.Grpc => (grpc ?? DefaultEndpoint, "grpc"),
            OtlpProtocol.HttpProtobuf when http is not null => (http, "http/protobuf"),
            OtlpProtocol.HttpJson when http is not null => (http, "http/json"),
            null when grpc is null && http is not null => (http, "http/protobuf"),
            null => (grpc ?? DefaultEndpoint, "grpc"),
            _ => throw new DistributedApplicationException(
                $"Resource '{resource}' sends its telemetry over HTTP, but ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL is not set."),
        };
    }
}
