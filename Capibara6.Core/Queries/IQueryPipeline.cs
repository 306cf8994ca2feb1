namespace Capibara6.Core.Queries;

/// <summary>The use case: validate → cache → route → enrich → call the model → run code → answer → cache → record.</summary>
public interface IQueryPipeline
{
    /// <summary>Answers one query. Expected trouble comes back as a <see cref="Failure"/>; only bugs throw.</summary>
    Task<Outcome<QueryResult>> ExecuteAsync(QueryRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Answers one query piece by piece: routing, context, tokens, execution, then exactly one
    /// <see cref="QueryEvent.Done"/> or <see cref="QueryEvent.Failed"/>, always last.
    /// </summary>
    IAsyncEnumerable<QueryEvent> StreamAsync(QueryRequest request, CancellationToken cancellationToken);
}

/// <summary>A step of an answer while it comes about.</summary>
public abstract record QueryEvent
{
    private QueryEvent()
    {
    }

    public sealed record Routed(RoutingResult Routing) : QueryEvent;

    public sealed record Enriched(AceResult Ace) : QueryEvent;

    /// <summary>A piece of the answer's text, as it came from the model.</summary>
    public sealed record Token(string Text) : QueryEvent;

    public sealed record Executed(E2bResult Execution) : QueryEvent;

    public sealed record Done(QueryResult Result) : QueryEvent;

    public sealed record Failed(Failure Failure) : QueryEvent;
}
