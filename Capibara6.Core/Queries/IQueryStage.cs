namespace Capibara6.Core.Queries;

/// <summary>One step of a query's way.</summary>
internal interface IQueryStage
{
    /// <summary>As spans and metrics name it.</summary>
    string Name { get; }

    /// <summary>Does its part on the query; a failure ends the way.</summary>
    ValueTask<Failure?> RunAsync(QueryContext query, CancellationToken cancellationToken);
}
