using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Capibara6.Tests.ServiceDefaults;

[TestClass]
public sealed partial class TelemetryTests
{
    private static readonly ActivitySource s_source = new("Capibara6.Tests.Telemetry");

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Spans_OfProbes_AreNotMadeButThoseOfWorkAre()
    {
        var recorder = new SpanRecorder();
        await using var host = await DefaultsHost.StartAsync(
            Token,
            builder => builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(recorder)),
            app => app.MapGet("/work", () =>
            {
                using var step = s_source.StartActivity("step");
                return "done";
            }));
        foreach (var path in new[] { "/health", "/alive", "/metrics", "/work" })
        {
            await host.Client.GetStringAsync(path, Token);
        }

        // A server's span ends after its answer has been sent.
        await Eventually.TrueAsync(() => SpansOf(host).Length > 0, TimeSpan.FromSeconds(5), "the span of /work", Token);
        var work = SpansOf(host).Single();
        Assert.AreEqual("/work", work.GetTagItem("url.path"));
        Assert.IsTrue(
            recorder.Spans.Any(span => span.DisplayName == "step" && span.ParentSpanId == work.SpanId), "sources of our own are found by their prefix");

        Activity[] SpansOf(DefaultsHost service) =>
            [.. recorder.Spans.Where(span => span.Kind == ActivityKind.Server && Equals(span.GetTagItem("server.port"), new Uri(service.App.Urls.Single()).Port))];
    }

    [TestMethod]
    public async Task Otlp_EndpointSet_GetsTracesMetricsAndLogs()
    {
        var received = await SignalsReceivedAsync();

        CollectionAssert.AreEquivalent(new[] { "traces", "metrics", "logs" }, received.ToList());
    }

    [TestMethod]
    public async Task Spans_OfCallsThatNoRequestLedTo_AreNotExported()
    {
        var exported = new ConcurrentQueue<string>();
        await using var host = await DefaultsHost.StartAsync(
            Token,
            builder => builder.Services.ConfigureOpenTelemetryTracerProvider(
                tracing => tracing.AddProcessor(new SimpleActivityExportProcessor(new NamesExporter(exported)))),
            // As in a run of an AppHost, where what a span belongs to doesn't decide for it.
            settings: [("OTEL_TRACES_SAMPLER", "always_on")]);

        s_source.StartActivity("poll", ActivityKind.Client)?.Dispose();
        using (s_source.StartActivity("job"))
        {
            s_source.StartActivity("call", ActivityKind.Client)?.Dispose();
        }

        using (var failed = s_source.StartActivity("failed poll", ActivityKind.Client))
        {
            failed?.SetStatus(ActivityStatusCode.Error);
        }

        using (var probe = s_source.StartActivity("probe")!)
        {
            probe.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            s_source.StartActivity("look", ActivityKind.Client)?.Dispose();
        }

        CollectionAssert.IsSubsetOf(new[] { "job", "call", "failed poll" }, exported);
        CollectionAssert.DoesNotContain(exported, "look");
        CollectionAssert.DoesNotContain(exported, "poll");
    }

    /// <summary>By OpenTelemetry's variables, https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#exporter-selection.</summary>
    [TestMethod]
    public async Task Otlp_ExporterNone_LeavesTheSignalOut()
    {
        var received = await SignalsReceivedAsync(("OTEL_METRICS_EXPORTER", "none"), ("OTEL_LOGS_EXPORTER", "none"));

        CollectionAssert.AreEqual(new[] { "traces" }, received.ToList());
    }

    /// <summary>What a collector gets of a service that has answered one request.</summary>
    private async Task<IReadOnlyCollection<string>> SignalsReceivedAsync(params IEnumerable<(string Name, string Value)> settings)
    {
        var received = new ConcurrentBag<string>();
        await using var collector = await DefaultsHost.StartAsync(
            Token,
            map: app => app.MapPost("/v1/{signal}", (string signal, HttpContext context) => received.Add(signal)));
        await using var host = await DefaultsHost.StartAsync(
            Token,
            map: app => app.MapGet("/work", (ILogger<TelemetryTests> logger) =>
            {
                LogWorked(logger);
                return "done";
            }),
            settings:
            [
                ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.App.Urls.Single()),
                ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
                .. settings,
            ]);

        await host.Client.GetStringAsync("/work", Token);
        host.App.Services.GetRequiredService<TracerProvider>().ForceFlush();
        host.App.Services.GetRequiredService<MeterProvider>().ForceFlush();
        host.App.Services.GetRequiredService<LoggerProvider>().ForceFlush();
        return [.. received.Distinct()];
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "worked")]
    private static partial void LogWorked(ILogger logger);

    private sealed class NamesExporter(ConcurrentQueue<string> names) : BaseExporter<Activity>
    {
        public override ExportResult Export(in Batch<Activity> batch)
        {
            foreach (var span in batch)
            {
                names.Enqueue(span.DisplayName);
            }

            return ExportResult.Success;
        }
    }
}
