using Capibara6.Core.Identity;
using Capibara6.Core.ModelClients;
using Capibara6.GraphQLApi.Schema;

namespace Capibara6.GraphQLApi.ModelCatalog;

internal sealed class ModelNodes(IModelCatalog catalog) : INodeSource
{
    public Task<object?> FindAsync(string id, Caller caller, CancellationToken cancellationToken) => Task.FromResult<object?>(catalog.Find(id));
}
