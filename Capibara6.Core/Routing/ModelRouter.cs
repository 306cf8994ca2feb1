using Capibara6.Core.ModelClients;
using Capibara6.Core.Queries;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Routing;

/// <inheritdoc cref="IModelRouter"/>
internal sealed class ModelRouter : IModelRouter
{
    // About four characters make a token; a third more to be safe.
    private const int CharactersPerToken = 3;

    private static readonly string[] s_domainNames = [.. Enum.GetNames<QueryDomain>().Select(name => name.ToLowerInvariant())];

    private readonly IModelCatalog _catalog;
    private readonly IRoutingPolicy _policy;
    private readonly double _threshold;

    public ModelRouter(IModelCatalog catalog, IEnumerable<IRoutingPolicy> policies, IOptions<RoutingOptions> options)
    {
        _catalog = catalog;
        _policy = policies.ToDictionary(policy => policy.Name, StringComparer.OrdinalIgnoreCase)[options.Value.Policy];
        _threshold = options.Value.Threshold;
    }

    public RoutingResult Route(QueryRequest request) => Route(request.Model, request.Query, LengthOf(request));

    public RoutingResult Route(string model, string text, long length)
    {
        var features = FeatureReader.Read(text);
        var (complexity, marks) = ComplexityScore.Of(features);
        var (chosen, reason) = Choose(model, length, complexity);

        // How well each is expected to do, read off the complexity alone: both do well on easy queries, and the smaller one
        // falls off faster. These are the router's estimates, not measurements.
        return new RoutingResult
        {
            Model20bConfidence = Math.Round(0.97 - (0.65 * complexity), 3),
            Model120bConfidence = Math.Round(0.98 - (0.25 * complexity), 3),
            SelectedModel = chosen.Id,
            Reasoning = $"{chosen.Name} was chosen: {reason}. What weighed: {marks}.",
            Complexity = Math.Round(complexity, 3),
            Domain = s_domainNames[(int)features.Domain],
        };
    }

    private (ModelDescription Model, string Reason) Choose(string model, long length, double complexity)
    {
        if (!string.Equals(model, QueryRequest.AutoModel, StringComparison.OrdinalIgnoreCase) && _catalog.Find(model) is { } named)
        {
            return (named, "the request names it");
        }

        // Configuration may have changed since the last request.
        var (small, large) = (_catalog.Find(ModelsOptions.SmallId)!, _catalog.Find(ModelsOptions.LargeId)!);
        var choice = _policy.Choose(complexity, _threshold);
        if (!choice.Large && large.ContextWindow > small.ContextWindow && length / CharactersPerToken > small.ContextWindow)
        {
            return (large, "the text is longer than the smaller model's window");
        }

        return (choice.Large ? large : small, choice.Reason);
    }

    private static long LengthOf(QueryRequest request)
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

        return characters;
    }
}
