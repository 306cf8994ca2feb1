namespace Capibara6.Core.Queries.Stages;

/// <summary>
/// Adds context from playbooks. There are no playbooks yet, so nothing is added, and the result says so: empty context,
/// no awareness, no playbook.
/// </summary>
internal sealed class EnrichStage : IQueryStage
{
    private static readonly AceResult s_nothing = new() { EnhancedContext = "", AwarenessScore = 0, PlaybookUsed = null };

    public string Name => "enrich";

    public async ValueTask<Failure?> RunAsync(QueryContext query, QueryWay within, CancellationToken cancellationToken)
    {
        query.Ace = s_nothing;
        await query.EmitAsync(new QueryEvent.Enriched(query.Ace), cancellationToken);
        return null;
    }
}
