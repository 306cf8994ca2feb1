using Capibara6.Core.Data;
using Capibara6.Core.ModelClients;

namespace Capibara6.Core.Queries.Stages;

/// <summary>Lets through only what can be answered: a request within its bounds, while the database is there to record it.</summary>
internal sealed class ValidateStage(IModelCatalog catalog, IDatabaseAvailability database) : IQueryStage
{
    public string Name => "validate";

    public ValueTask<Failure?> RunAsync(QueryContext query, QueryWay within, CancellationToken cancellationToken) =>
        ValueTask.FromResult(QueryRules.Check(query.Request, catalog) ?? (database.IsAvailable ? null : DatabaseFaults.Unavailable));
}
