using System.Globalization;
using Capibara6.Core.ModelClients;
using Capibara6.Core.Queries;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Routing;

/// <inheritdoc cref="IModelRouter"/>
internal sealed class ModelRouter : IModelRouter
{
    // About four characters make a token; a third more to be safe.
    private const int CharactersPerToken = 3;

    private const string Named = "named";

    private static readonly string[] s_domainNames = [.. Enum.GetNames<QueryDomain>().Select(name => name.ToLowerInvariant())];

    private readonly IModelCatalog _catalog;
    private readonly IRoutingPolicy _policy;
    private readonly RoutingTiers _tiers;
    private readonly IRoutingPolicy? _shadow;
    private readonly RoutingTiers? _shadowTiers;

    public ModelRouter(IModelCatalog catalog, IEnumerable<IRoutingPolicy> policies, IOptions<RoutingOptions> options)
    {
        _catalog = catalog;
        var byName = policies.ToDictionary(policy => policy.Name, StringComparer.OrdinalIgnoreCase);
        _policy = byName[options.Value.Policy];
        _tiers = new RoutingTiers(_policy, options.Value);
        if (!string.IsNullOrEmpty(options.Value.Shadow))
        {
            _shadow = byName[options.Value.Shadow];
            _shadowTiers = new RoutingTiers(_shadow, options.Value);
        }
    }

    public RoutingResult Route(QueryRequest request) => Route(request.Model, request.Query, LengthOf(request));

    public RoutingResult Route(string model, string text, long length)
    {
        var features = FeatureReader.Read(text);
        var complexity = ComplexityScore.Of(features);
        var estimate = _policy.Estimate(text, features, complexity);
        var isNamed = !string.Equals(model, QueryRequest.AutoModel, StringComparison.OrdinalIgnoreCase);
        var (chosen, reason) = isNamed && _catalog.Find(model) is { } named
            ? (named, "the request names it")
            : Choose(_tiers, estimate.Needed, length, ReasonOf(estimate.Needed));
        RoutingTelemetry.Chosen(isNamed ? Named : _policy.Name, chosen.Id, estimate.Needed);
        if (_shadow is not null && !isNamed)
        {
            var other = _shadow.Estimate(text, features, complexity);
            RoutingTelemetry.ShadowChose(_policy.Name, chosen.Id, _shadow.Name, Choose(_shadowTiers!, other.Needed, length, "").Model.Id);
        }

        // Six digits keep the order of questions; more would be noise.
        var needed = Math.Round(estimate.Needed, 6);
        return new RoutingResult
        {
            Model20bConfidence = Math.Round(1 - needed, 6),
            Model120bConfidence = needed,
            SelectedModel = chosen.Id,
            Reasoning = $"{chosen.Name} was chosen: {reason}. {estimate.Marks.Describe(text)}.",
            Complexity = Math.Round(complexity, 3),
            Domain = s_domainNames[(int)features.Domain],
        };
    }

    private string ReasonOf(double needed) => _policy is FixedPolicy
        ? $"the policy {_policy.Name} sends everything there"
        : string.Create(CultureInfo.InvariantCulture, $"the larger model is needed with a probability of {needed:0.00}, {(needed >= _tiers.Threshold ? "at or above" : "below")} the threshold {_tiers.Threshold:0.00}");

    private (ModelDescription Model, string Reason) Choose(RoutingTiers tiers, double needed, long length, string reason)
    {
        // Configuration may have changed since the last request.
        var models = _catalog.Models;
        var chosen = tiers.Choose(needed, models);
        if (length / CharactersPerToken <= chosen.ContextWindow)
        {
            return (chosen, reason);
        }

        var roomier = chosen;
        foreach (var other in models)
        {
            roomier = other.Tier is not null && other.ContextWindow > roomier.ContextWindow ? other : roomier;
        }

        return (roomier, ReferenceEquals(roomier, chosen) ? reason : $"the text is longer than the window of {chosen.Name}");
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
