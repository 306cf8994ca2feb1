namespace Capibara6.Core.Queries;

/// <summary>One step of a query's way. Its place is a line of <see cref="QueryOrder"/>.</summary>
internal interface IQueryStage
{
    /// <summary>As spans and metrics name it.</summary>
    string Name { get; }

    /// <summary>Does its part on the query; a failure ends the way.</summary>
    /// <param name="within">The stages that go on within this one, for it to run: once, not at all, or several times. None for most.</param>
    ValueTask<Failure?> RunAsync(QueryContext query, QueryWay within, CancellationToken cancellationToken);
}
