using Capibara6.Core;
using Capibara6.Core.Identity;
using Capibara6.Core.Measurements;

namespace Capibara6.Tests.GraphQL;

/// <summary>What is asked of the measurements, and how they are told.</summary>
[TestClass]
public sealed class UsageTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Usage_OfAStretch_IsAskedAndToldWhole()
    {
        await using var host = GraphQLEdgeHost.Start();

        var answer = await host.CreateClient().AskAsync(
            """
            { usage(from: "2026-11-24T00:00:00Z", to: "2026-11-24T12:00:00Z", bucket: HOUR, model: "capibara6-20b") {
                from to summary { requests errors cacheHitShare promptTokens completionTokens costUsd latencyP50Ms latencyP95Ms latencyP99Ms }
                series { start totals { requests } } byModel { name totals { requests } } } }
            """,
            null, Token);

        Assert.IsFalse(answer.TryGetProperty("errors", out _), answer.ToString());
        var asked = host.Measurements.Requests.Single();
        Assert.AreEqual(
            (new DateTimeOffset(2026, 11, 24, 0, 0, 0, TimeSpan.Zero), MeasurementBucket.Hour, "capibara6-20b"), (asked.From, asked.Bucket, asked.Model));
        var usage = answer.GetProperty("data").GetProperty("usage");
        Assert.AreEqual(8, usage.GetProperty("summary").GetProperty("requests").GetInt32());
        Assert.AreEqual(0.25, usage.GetProperty("summary").GetProperty("cacheHitShare").GetDouble());
        Assert.AreEqual(0.123456789m, usage.GetProperty("summary").GetProperty("costUsd").GetDecimal());
        Assert.AreEqual("2026-11-24T03:00:00Z", usage.GetProperty("series")[0].GetProperty("start").GetString());
        Assert.AreEqual("capibara6-20b", usage.GetProperty("byModel")[0].GetProperty("name").GetString());
    }

    [TestMethod]
    public async Task SystemMetrics_AtAGlance_AreTheLastHourAndDay()
    {
        await using var host = GraphQLEdgeHost.Start();

        var answer = await host.CreateClient().AskAsync("{ systemMetrics { at lastHour { requests } lastDay { requests } cache { hits shared } } }", null, Token);

        Assert.IsFalse(answer.TryGetProperty("errors", out _), answer.ToString());
        CollectionAssert.AreEqual(
            new[] { MeasurementBucket.Minute, MeasurementBucket.Hour }, host.Measurements.Requests.Select(request => request.Bucket).ToArray());
    }

    [TestMethod]
    public async Task Usage_WithTheirDatabaseAway_HasCoresCode()
    {
        await using var host = GraphQLEdgeHost.Start();
        host.Measurements.Report = new Failure(FailureCodes.MeasurementsUnavailable, FailureKind.Unavailable, "away");

        Assert.AreEqual("measurements_unavailable", GraphQLClient.CodeOf(await host.CreateClient().AskAsync("{ usage { summary { requests } } }", null, Token)));
    }
}

/// <summary>Tells what the test says and remembers what it was asked.</summary>
internal sealed class ScriptedMeasurements : IMeasurements
{
    private static readonly MeasurementTotals s_totals = new() { Requests = 8, Errors = 1, Cached = 2, PromptTokens = 70, CompletionTokens = 50, CostUsd = 0.123456789m, P50Ms = 12 };

    public List<MeasurementRequest> Requests { get; } = [];

    public Outcome<MeasurementReport> Report { get; set; } = new MeasurementReport(
        new DateTimeOffset(2026, 11, 24, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero), s_totals,
        [new MeasurementPoint(new DateTimeOffset(2026, 11, 24, 3, 0, 0, TimeSpan.Zero), s_totals)], [new MeasurementGroup("capibara6-20b", s_totals)]);

    public Task<Outcome<MeasurementReport>> ReadAsync(MeasurementRequest request, Caller caller, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        return Task.FromResult(Report);
    }
}
