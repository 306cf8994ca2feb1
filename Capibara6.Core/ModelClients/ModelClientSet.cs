using System.Collections.Frozen;

namespace Capibara6.Core.ModelClients;

/// <inheritdoc cref="IModelClients"/>
internal sealed class ModelClientSet(IModelCatalog catalog, ModelClientFactory factory) : IModelClients
{
    private readonly FrozenDictionary<string, IModelClient> _clients =
        catalog.Models.ToFrozenDictionary(model => model.Id, factory.Create, StringComparer.OrdinalIgnoreCase);

    public IModelClient Get(string modelId) => _clients[modelId];

    public IModelClient? FallbackFor(string modelId)
    {
        foreach (var model in catalog.Models)
        {
            if (!string.Equals(model.Id, modelId, StringComparison.OrdinalIgnoreCase))
            {
                return _clients[model.Id];
            }
        }

        return null;
    }
}
