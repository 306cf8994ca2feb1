using System.Diagnostics;
using Capibara6.Core.Jobs;
using Capibara6.Tests.Core;
using Capibara6.Tests.ServiceDefaults;
using Capibara6.Worker.Jobs;
using Capibara6.Worker.Migrations;
using OpenTelemetry.Trace;

namespace Capibara6.Tests.Worker;

[TestClass]
public sealed class JobTraceTests
{
    private const string Requests = "Capibara6.Tests.JobTrace";
    private static readonly ActivitySource s_requests = new(Requests);

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Job_OfABatch_IsATraceOfItsOwnThatLinksToTheRequest()
    {
        await using var database = await MigratedDatabase.CreateAsync(Token);
        await using var models = await EmulatedPair.StartAsync(Token);
        var recorder = new SpanRecorder();
        ActivityContext request;
        await using (var worker = await CoreReplica.StartAsync(
            database.ConnectionString,
            EmulatedPair.ConnectionStringOf(models),
            Token,
            settings: new() { ["JobRunner:PollInterval"] = "00:00:00.1" },
            services: services =>
            {
                services.AddMigrations().AddJobRunner();
                services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddSource("Capibara6.*").AddProcessor(recorder));
            }))
        {
            Guid batch;
            using (var filing = s_requests.StartActivity("request"))
            {
                request = filing!.Context;
                batch = CoreReplica.Value(await worker.Batches.AcceptAsync(
                    new BatchRequest([new BatchItem("What is a capybara?")], BatchPriority.Medium, CoreReplica.Alice), Token)).Id;
            }

            await Eventually.TrueAsync(
                async () => CoreReplica.Value(await worker.Batches.FindAsync(batch, CoreReplica.Alice, Token)).Status == BatchStatus.Completed,
                TimeSpan.FromSeconds(20),
                "the batch ends",
                Token);
        }

        var filed = recorder.Spans.Single(span => span.TraceId == request.TraceId && span.DisplayName == "batch accept");
        var job = recorder.Spans.Single(span => span.DisplayName == "job" && span.Links.Any(link => link.Context.TraceId == request.TraceId));
        Assert.AreEqual(filed.SpanId, job.Links.Single().Context.SpanId);
        Assert.AreEqual(ActivityKind.Consumer, job.Kind);
        Assert.AreEqual(default, job.ParentSpanId);
        Assert.AreNotEqual(request.TraceId, job.TraceId);
        Assert.IsTrue(recorder.Spans.Any(span => span.DisplayName == "query" && span.ParentSpanId == job.SpanId), "the query is part of the job's trace");
    }
}
