using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using Capibara6.GraphQLApi.Telemetry;

namespace Capibara6.Tests.GraphQL.Telemetry;

[TestClass]
public sealed class OperationTelemetryTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Operation_WithRootFields_IsASpanWithOneForEach()
    {
        await using var host = GraphQLEdgeHost.Start();
        using var client = host.CreateClient();
        var spans = new ConcurrentBag<Activity>();
        using var root = new Activity("test").Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is OperationTelemetry.Name or "GraphQL",
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);

        await client.AskAsync("query TracedQuery { models { id } one: model(id: \"capibara6-20b\") { id } }", null, Token);

        var operation = spans.Single(span => span.GetTagItem("graphql.operation.name") as string == "TracedQuery");
        Assert.AreEqual("query", operation.GetTagItem("graphql.operation.type"));
        Assert.IsFalse(operation.TagObjects.Any(tag => tag.Value is string text && text.Contains("capibara6-20b", StringComparison.Ordinal)), "no document");
        string[] fields = [.. spans.Where(span => span.TraceId == operation.TraceId && span.Source.Name == OperationTelemetry.Name).Select(span => span.OperationName).Order()];
        CollectionAssert.AreEqual(new[] { "resolve Query.model", "resolve Query.models" }, fields);
    }

    [TestMethod]
    public async Task Operation_Ended_IsMeasuredByNameAndOutcome()
    {
        await using var host = GraphQLEdgeHost.Start();
        using var client = host.CreateClient();
        var measured = new ConcurrentBag<Dictionary<string, object?>>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "capibara6.graphql.operation.duration")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => measured.Add(tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value)));
        listener.Start();

        await client.AskAsync("query MeasuredGood { models { id } }", null, Token);
        await client.AskAsync("query MeasuredBad { model(id: \"none\") { id } }", null, Token);
        using var refused = await client.PostAsJsonAsync("/graphql", new { query = "query MeasuredRefused { nothing }" }, Token);

        Assert.AreEqual("answered", measured.Single(tags => tags["graphql.operation.name"] as string == "MeasuredGood")["outcome"]);
        Assert.AreEqual("errors", measured.Single(tags => tags["graphql.operation.name"] as string == "MeasuredBad")["outcome"]);
        Assert.IsTrue(measured.Any(tags => tags["outcome"] as string == "refused"));
        Assert.IsFalse(measured.Any(tags => tags["graphql.operation.name"] as string == "MeasuredRefused"), "what was refused is no name");
    }

    [TestMethod]
    public void Names_BeyondTheMost_AreOther()
    {
        var names = new OperationNames(max: 2);

        string[] given = [.. new[] { "A", "B", "C", "A", null, new string('x', 200) }.Select(names.Of)];

        CollectionAssert.AreEqual(new[] { "A", "B", "other", "A", "unnamed", "other" }, given);
    }
}
