using Capibara6.Core.ModelClients;
using Capibara6.Core.Queries;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Routing;

/// <inheritdoc cref="IModelRouter"/>
internal sealed class ModelRouter : IModelRouter
{
    private static readonly string[] s_domainNames = [.. Enum.GetNames<QueryDomain>().Select(name => name.ToLowerInvariant())];

    private readonly IModelCatalog _catalog;
    private readonly IRoutingPolicy _policy;
    private readonly double _threshold;
    private readonly ModelDescription _small;
    private readonly ModelDescription _large;

    public ModelRouter(IModelCatalog catalog, IEnumerable<IRoutingPolicy> policies, IOptions<RoutingOptions> options)
    {
        _catalog = catalog;
        _policy = policies.ToDictionary(policy => policy.Name, StringComparer.OrdinalIgnoreCase)[options.Value.Policy];
        _threshold = options.Value.Threshold;
        _small = catalog.Models[0];
        _large = catalog.Models[^1];
    }

    public RoutingResult Route(QueryRequest request)
    {
        var features = FeatureReader.Read(request.Query);
        var (complexity, marks) = ComplexityScore.Of(features);
        var (model, reason) = Choose(request, complexity);

        // How well each is expected to do, read off the complexity alone: both do well on easy queries, and the smaller one
        // falls off faster. These are the router's estimates, not measurements.
        return new RoutingResult
        {
            Model20bConfidence = Math.Round(0.97 - (0.65 * complexity), 3),
            Model120bConfidence = Math.Round(0.98 - (0.25 * complexity), 3),
            SelectedModel = model.Id,
            Reasoning = $"{model.Name} was chosen: {reason}. What weighed: {marks}.",
            Complexity = Math.Round(complexity, 3),
            Domain = s_domainNames[(int)features.Domain],
        };
    }

    private (ModelDescription Model, string Reason) Choose(QueryRequest request, double complexity)
    {
        if (!string.Equals(request.Model, QueryRequest.AutoModel, StringComparison.OrdinalIgnoreCase)
            && _catalog.Find(request.Model) is { } named)
        {
            return (named, "the request names it");
        }

        var choice = _policy.Choose(complexity, _threshold);
        if (!choice.Large && _large.ContextWindow > _small.ContextWindow && Tokens(request) > _small.ContextWindow)
        {
            return (_large, "the text is longer than the smaller model's window");
        }

        return (choice.Large ? _large : _small, choice.Reason);
    }

    // About four characters make a token; a third more to be safe.
    private static long Tokens(QueryRequest request)
    {
        long characters = request.Query.Length;
        foreach (var part in request.Context)
        {
            characters += part.Key.Length + part.Value.Length;
        }

        foreach (var turn in request.History)
        {
            characters += turn.Text.Length;
        }

        return characters / 3;
    }
}
