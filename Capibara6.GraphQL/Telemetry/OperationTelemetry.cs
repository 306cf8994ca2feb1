using System.Diagnostics;
using System.Diagnostics.Metrics;
using GraphQL;

namespace Capibara6.GraphQLApi.Telemetry;

/// <summary>
/// Measurements of operations and the spans of their root fields. The span of an operation is the library's own; names are those of
/// OpenTelemetry's conventions for GraphQL. No text of a document, no argument, no account is in any.
/// </summary>
internal static class OperationTelemetry
{
    public const string Name = "Capibara6.GraphQL";

    private const int MaxNames = 200;

    private static readonly ActivitySource s_source = new(Name);

    private static readonly Meter s_meter = new(Name);

    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>(
        "capibara6.graphql.operation.duration", unit: "s", description: "From the parameters of an operation to its result, or to the begin of its results.");

    private static readonly OperationNames s_names = new(MaxNames);

    public static void Ended(ExecutionResult result, TimeSpan duration)
    {
        if (s_duration.Enabled)
        {
            s_duration.Record(duration.TotalSeconds, new TagList
            {
                { "graphql.operation.type", TypeOf(result) },
                { "graphql.operation.name", result.Executed ? s_names.Of(result.Operation?.Name?.StringValue) : OperationNames.None },
                { "outcome", !result.Executed ? "refused" : result.Errors is { Count: > 0 } ? "errors" : "answered" },
            });
        }
    }

    /// <summary>Begins the span of a root field and all below it; null when nobody listens.</summary>
    public static Activity? BeginField(string type, string field)
    {
        var span = s_source.HasListeners() ? s_source.StartActivity($"resolve {type}.{field}") : null;
        span?.SetTag("graphql.field.name", field).SetTag("graphql.field.parent_type", type);
        return span;
    }

    private static string TypeOf(ExecutionResult result) => result.Operation?.Operation switch
    {
        GraphQLParser.AST.OperationType.Query => "query",
        GraphQLParser.AST.OperationType.Mutation => "mutation",
        GraphQLParser.AST.OperationType.Subscription => "subscription",
        _ => "unknown",
    };
}
