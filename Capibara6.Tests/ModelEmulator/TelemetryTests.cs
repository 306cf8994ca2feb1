using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Capibara6.ModelEmulator;
using Capibara6.Tests.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Capibara6.Tests.ModelEmulator;

/// <summary>The emulator as the process that it is, beside a collector.</summary>
[TestClass]
public sealed class TelemetryTests
{
    private static readonly ActivitySource s_source = new("Capibara6.Tests.ModelEmulator");

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Otlp_EndpointSet_GetsTheSpanOfTheCallersTraceMetricsAndLogs()
    {
        var received = new ConcurrentQueue<(string Signal, byte[] Body)>();
        await using var collector = await DefaultsHost.StartAsync(Token, map: app => app.MapPost("/v1/{signal}", async (string signal, HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.Enqueue((signal, body.ToArray()));
        }));
        var port = LocalServersFixture.FreePort();
        using var emulator = Start(port, collector.App.Urls.Single());
        try
        {
            ActivityTraceId trace;
            using (var caller = s_source.StartActivity("caller"))
            {
                trace = caller!.TraceId;
                await AskAsync(port);
            }

            await Eventually.TrueAsync(
                () => Task.FromResult(
                    Has("traces", Convert.FromHexString(trace.ToHexString())) && Has("metrics", "http.server.request.duration"u8) && Has("logs", "models-of-a-test"u8)),
                TimeSpan.FromSeconds(20),
                () => $"the span of the caller's trace, metrics and logs at the collector, which got {string.Join(", ", received.Select(one => one.Signal))}",
                Token);
            Assert.IsTrue(Has("traces", "models-of-a-test"u8), "under the name that the orchestrator gave");
        }
        finally
        {
            emulator.Kill();
            await emulator.WaitForExitAsync(Token);
        }

        bool Has(string signal, ReadOnlySpan<byte> what)
        {
            foreach (var (name, body) in received)
            {
                if (name == signal && body.AsSpan().IndexOf(what) >= 0)
                {
                    return true;
                }
            }

            return false;
        }
    }

    private static Process Start(int port, string collector)
    {
        var start = new ProcessStartInfo("dotnet") { ArgumentList = { "exec", typeof(ModelEmulatorHost).Assembly.Location }, RedirectStandardOutput = true };
        foreach (var (name, value) in new[]
        {
            ("ASPNETCORE_URLS", $"http://127.0.0.1:{port}"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_SERVICE_NAME", "models-of-a-test"),
            ("OTEL_BSP_SCHEDULE_DELAY", "100"),
            ("OTEL_BLRP_SCHEDULE_DELAY", "100"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "200"),
        })
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        return process;
    }

    private async Task AskAsync(int port)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    return (await client.GetAsync("/health", Token)).IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            TimeSpan.FromSeconds(20),
            "the emulator is up",
            Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions");
        request.Content = JsonContent.Create(new { model = "capibara6-20b", messages = new[] { new { role = "user", content = "Hello?" } } });
        using var response = await client.SendAsync(request, Token);
        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
    }
}
