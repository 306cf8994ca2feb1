using Capibara6.Core.ModelClients;

namespace Capibara6.Api.ModelCatalog;

/// <summary>The models that questions can go to.</summary>
/// <param name="Models">All of them, smallest first.</param>
internal sealed record ModelListResponse(IReadOnlyList<ModelResponse> Models);

/// <summary>A model that questions can go to.</summary>
internal sealed record ModelResponse
{
    /// <summary>The id to name in a query.</summary>
    public required string Id { get; init; }

    /// <summary>Its name for people.</summary>
    public required string Name { get; init; }

    /// <summary>What it is good at.</summary>
    public required string Description { get; init; }

    /// <summary>Size in billions of parameters.</summary>
    public required int ParametersBillion { get; init; }

    /// <summary>Context window in tokens.</summary>
    public required int ContextWindow { get; init; }

    /// <summary>Price of a million prompt tokens in US dollars.</summary>
    public required decimal PromptPricePerMillion { get; init; }

    /// <summary>Price of a million completion tokens in US dollars.</summary>
    public required decimal CompletionPricePerMillion { get; init; }

    public static ModelResponse From(ModelDescription model) => new()
    {
        Id = model.Id,
        Name = model.Name,
        Description = model.Description,
        ParametersBillion = model.ParametersBillion,
        ContextWindow = model.ContextWindow,
        PromptPricePerMillion = model.PromptPricePerMillion,
        CompletionPricePerMillion = model.CompletionPricePerMillion,
    };
}
