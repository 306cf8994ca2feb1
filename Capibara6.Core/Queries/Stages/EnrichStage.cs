using Capibara6.Core.Context;

namespace Capibara6.Core.Queries.Stages;

/// <summary>Adds context from the playbook of the query's domain; nothing where there is none or playbooks are off.</summary>
internal sealed class EnrichStage(IContextSource source) : IQueryStage
{
    public string Name => "enrich";

    public async ValueTask<Failure?> RunAsync(QueryContext query, QueryWay within, CancellationToken cancellationToken)
    {
        var found = await source.FindAsync(query.Request.Query, query.Routing!, cancellationToken);
        (query.Ace, query.ContextVersion) = (found.Ace, found.Version);
        query.Span?.SetTag("capibara6.playbook", found.Ace.PlaybookUsed).SetTag("capibara6.bullets", found.Ace.Bullets.Count);
        await query.EmitAsync(new QueryEvent.Enriched(query.Ace), cancellationToken);
        return null;
    }
}
