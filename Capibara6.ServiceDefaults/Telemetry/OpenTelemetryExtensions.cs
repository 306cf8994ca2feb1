using Capibara6.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.Hosting;

/// <summary>Traces, metrics and logs, by OpenTelemetry's own variables.</summary>
public static class OpenTelemetryExtensions
{
    private const string AddedKey = "Capibara6.ServiceDefaults.OpenTelemetry";
    private const string OwnNames = "Capibara6.*";

    /// <summary>In seconds: the bounds of HTTP's semantic conventions, and on to the ten minutes that an answer of a model may take.</summary>
    private static readonly ExplicitBucketHistogramConfiguration s_durations = new()
    {
        Boundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 30, 60, 120, 300, 600],
    };

    /// <summary>
    /// Collects logs, the metrics of ASP.NET Core, outgoing HTTP, the runtime and every <c>Capibara6.*</c> meter, and the spans of
    /// ASP.NET Core, outgoing HTTP and every <c>Capibara6.*</c> source. Sends them by OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>
    /// is set, but for those signals whose <c>OTEL_{TRACES,METRICS,LOGS}_EXPORTER</c> is <c>none</c>, and always offers the metrics to
    /// Prometheus. The client integrations add their own meters and sources. Calls to servers that no request led to are not sent.
    /// </summary>
    public static TBuilder ConfigureOpenTelemetry<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!builder.Properties.TryAdd(AddedKey, true))
        {
            return builder;
        }

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => NameService(resource, builder))
            .WithMetrics(ConfigureMetrics)
            .WithTracing(tracing => ConfigureTracing(tracing, builder.Environment.ApplicationName));
        if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            Export(builder, telemetry);
        }

        AddMetricsEndpoint(builder.Services);
        return builder;
    }

    /// <summary>OpenTelemetry's variables that leave a signal out are not read by its SDK for .NET: a collector of traces only would refuse the rest.</summary>
    private static void Export(IHostApplicationBuilder builder, OpenTelemetryBuilder telemetry)
    {
        bool IsSent(string signal) =>
            !string.Equals(builder.Configuration[$"OTEL_{signal}_EXPORTER"], "none", StringComparison.OrdinalIgnoreCase);

        if (IsSent("TRACES"))
        {
            telemetry.WithTracing(static tracing => tracing.AddOtlpExporter());
        }

        if (IsSent("METRICS"))
        {
            telemetry.WithMetrics(static metrics => metrics.AddOtlpExporter());
        }

        if (IsSent("LOGS"))
        {
            builder.Logging.AddOpenTelemetry(static logging => logging.AddOtlpExporter());
        }
    }

    private static void ConfigureMetrics(MeterProviderBuilder metrics) =>
        metrics
            .AddAspNetCoreInstrumentation()
            .AddHttpClientInstrumentation()
            .AddRuntimeInstrumentation()
            .AddMeter(OwnNames)
            .AddView("http.server.request.duration", s_durations)
            .AddView("http.client.request.duration", s_durations)
            .AddPrometheusExporter();

    private static void ConfigureTracing(TracerProviderBuilder tracing, string applicationName) =>
        tracing
            .AddSource(OwnNames)
            .AddSource(applicationName)
            .AddAspNetCoreInstrumentation(options => options.Filter = context => !IsProbe(context.Request.Path))
            .AddHttpClientInstrumentation()
            .AddProcessor(static _ => new PollFilter());

    // Probes come every few seconds and say nothing that the metrics don't.
    private static bool IsProbe(PathString path) =>
        path.StartsWithSegments(DefaultEndpointsExtensions.HealthPath, StringComparison.Ordinal)
        || path.StartsWithSegments(DefaultEndpointsExtensions.AlivePath, StringComparison.Ordinal)
        || path.StartsWithSegments(DefaultEndpointsExtensions.MetricsPath, StringComparison.Ordinal);

    private static void NameService(ResourceBuilder resource, IHostApplicationBuilder builder)
    {
        // AddService would win over the variable that an orchestrator sets.
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_SERVICE_NAME"]))
        {
            resource.AddService(builder.Environment.ApplicationName, serviceVersion: null);
        }
    }

    private static void AddMetricsEndpoint(IServiceCollection services)
    {
        services.AddOptions<MetricsEndpointOptions>().BindConfiguration(MetricsEndpointOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<MetricsEndpointOptions>, MetricsEndpointOptionsValidator>());
        services.TryAddSingleton<MetricsAccess>();
    }
}
