using Microsoft.Extensions.Options;

namespace Capibara6.Core.ModelClients;

/// <inheritdoc cref="IModelCatalog"/>
internal sealed class ModelCatalog(IOptions<ModelsOptions> options) : IModelCatalog
{
    public IReadOnlyList<ModelDescription> Models { get; } =
    [
        .. options.Value.Catalog.Select(entry => Describe(entry.Key, entry.Value)).OrderBy(model => model.ParametersBillion),
    ];

    public ModelDescription? Find(string id)
    {
        foreach (var model in Models)
        {
            if (string.Equals(model.Id, id, StringComparison.OrdinalIgnoreCase))
            {
                return model;
            }
        }

        return null;
    }

    private static ModelDescription Describe(string id, ModelOptions model) => new()
    {
        // Configuration may come in any case (environment variables on some systems are upper case).
        Id = id.ToLowerInvariant(),
        Name = model.Name,
        Description = model.Description,
        ParametersBillion = model.ParametersBillion,
        ContextWindow = model.ContextWindow,
        PromptPricePerMillion = model.PromptPricePerMillion,
        CompletionPricePerMillion = model.CompletionPricePerMillion,
    };
}
