using System.Text.Json;
using Capibara6.Core.Queries;

namespace Capibara6.Core.Jobs;

/// <summary>An answer as it is kept.</summary>
/// <param name="Json">Of a query's result; of a passed call, what the model said.</param>
public sealed record JobAnswer(string Json)
{
    public static JobAnswer Of(QueryResult result) => new(JsonSerializer.Serialize(result, JobJson.Default.QueryResult));

    public static Outcome<JobAnswer> Of(Outcome<QueryResult> outcome) => outcome switch
    {
        Outcome<QueryResult>.Success { Value: var result } => Of(result),
        Outcome<QueryResult>.Failed { Failure: var failure } => failure,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
