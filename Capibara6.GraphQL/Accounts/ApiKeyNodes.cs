using Capibara6.Core.Identity;
using Capibara6.Core.Identity.ApiKeys;
using Capibara6.GraphQLApi.Schema;

namespace Capibara6.GraphQLApi.Accounts;

internal sealed class ApiKeyNodes(IApiKeys keys) : INodeSource
{
    public async Task<object?> FindAsync(string id, Caller caller, CancellationToken cancellationToken) =>
        Guid.TryParseExact(id, "D", out var key) ? await keys.FindAsync(caller, key, cancellationToken) : null;
}
