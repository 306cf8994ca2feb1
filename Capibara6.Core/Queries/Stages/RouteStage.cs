using Capibara6.Core.Routing;

namespace Capibara6.Core.Queries.Stages;

/// <summary>Chooses the model.</summary>
internal sealed class RouteStage(IModelRouter router) : IQueryStage
{
    public string Name => "route";

    public async ValueTask<Failure?> RunAsync(QueryContext query, QueryWay within, CancellationToken cancellationToken)
    {
        query.Routing = router.Route(query.Request);
        await query.EmitAsync(new QueryEvent.Routed(query.Routing), cancellationToken);
        return null;
    }
}
