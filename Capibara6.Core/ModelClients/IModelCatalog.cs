namespace Capibara6.Core.ModelClients;

/// <summary>The models that queries can go to, from configuration.</summary>
public interface IModelCatalog
{
    /// <summary>All models, smallest first.</summary>
    IReadOnlyList<ModelDescription> Models { get; }

    /// <summary>The model of that id (case-insensitive); null when there is none.</summary>
    ModelDescription? Find(string id);
}

/// <summary>A model as clients see it.</summary>
public sealed record ModelDescription
{
    /// <summary>Stable id that clients name, such as <c>capibara6-20b</c>.</summary>
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Description { get; init; }

    /// <summary>Size in billions of parameters.</summary>
    public required int ParametersBillion { get; init; }

    /// <summary>Context window in tokens.</summary>
    public required int ContextWindow { get; init; }

    /// <summary>Price of a million prompt tokens in US dollars.</summary>
    public required decimal PromptPricePerMillion { get; init; }

    /// <summary>Price of a million completion tokens in US dollars.</summary>
    public required decimal CompletionPricePerMillion { get; init; }
}
