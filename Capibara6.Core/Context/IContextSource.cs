using Capibara6.Core.Queries;

namespace Capibara6.Core.Context;

/// <summary>Finds what a playbook has for a query.</summary>
internal interface IContextSource
{
    bool IsEnabled { get; }

    /// <summary>Picks the bullets that fit best, as many as the model's budget holds; nothing when it can't be done in time.</summary>
    ValueTask<FoundContext> FindAsync(string query, RoutingResult routing, CancellationToken cancellationToken);
}

/// <param name="Version">What the context is known by to <see cref="IContextVersions"/>.</param>
internal sealed record FoundContext(AceResult Ace, string? Version);
