namespace Capibara6.Core.ModelClients;

/// <summary>The models that queries can go to, from configuration.</summary>
public interface IModelCatalog
{
    /// <summary>All models, smallest first.</summary>
    IReadOnlyList<ModelDescription> Models { get; }

    /// <summary>The model of that id, alias or tier (case-insensitive); null when there is none.</summary>
    ModelDescription? Find(string id);
}

/// <summary>A model as clients see it.</summary>
public sealed record ModelDescription
{
    /// <summary>Stable id that clients name, such as <c>capibara6-20b</c>.</summary>
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Description { get; init; }

    /// <summary>The tier that the router chooses it for; null when only callers choose it.</summary>
    public string? Tier { get; init; }

    /// <summary>Size in billions of parameters.</summary>
    public required int ParametersBillion { get; init; }

    /// <summary>Context window in tokens.</summary>
    public required int ContextWindow { get; init; }

    /// <summary>Price of a million prompt tokens in US dollars.</summary>
    public required decimal PromptPricePerMillion { get; init; }

    /// <summary>Price of a million prompt tokens that the endpoint had cached, in US dollars.</summary>
    public decimal CachedPromptPricePerMillion { get; init; }

    /// <summary>Price of a million completion tokens in US dollars.</summary>
    public required decimal CompletionPricePerMillion { get; init; }

    /// <summary>Whether answers are cached where a caller of OpenAI's protocol does not say; null for at temperature 0.</summary>
    public bool? CachesAnswers { get; init; }

    /// <summary>What a call costs in US dollars: the one function of prices.</summary>
    internal decimal CostOf(TokenUsage usage) =>
        (((usage.PromptTokens - usage.CachedPromptTokens) * PromptPricePerMillion)
            + (usage.CachedPromptTokens * CachedPromptPricePerMillion)
            + (usage.CompletionTokens * CompletionPricePerMillion)) / 1_000_000m;
}
