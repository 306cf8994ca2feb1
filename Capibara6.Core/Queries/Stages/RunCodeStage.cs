namespace Capibara6.Core.Queries.Stages;

/// <summary>
/// Runs the code that an answer contains. There is no sandbox yet, so nothing is run, and the result says so: no execution.
/// </summary>
internal sealed class RunCodeStage : IQueryStage
{
    public string Name => "run-code";

    public ValueTask<Failure?> RunAsync(QueryContext query, QueryWay within, CancellationToken cancellationToken) =>
        within.RunAsync(query, cancellationToken);
}
