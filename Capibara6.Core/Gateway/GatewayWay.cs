using Capibara6.Core.Queries;

namespace Capibara6.Core.Gateway;

/// <summary>One call on its way.</summary>
/// <param name="StartedAt">Timestamp of the time provider at its arrival.</param>
internal sealed record GatewayWay(GatewayCall Call, RequestFacts Facts, RoutingResult Routing, long StartedAt)
{
    /// <summary>Whether the router chose the model.</summary>
    public required bool WasRouted { get; init; }

    /// <summary>Whether a kept answer will do.</summary>
    public required bool Looks { get; init; }

    /// <summary>Whether the answer may be kept.</summary>
    public required bool Keeps { get; init; }

    /// <summary>Its name in the cache; null when it has nothing to do with it.</summary>
    public required string? Key { get; init; }
}
