using System.ComponentModel;
using Capibara6.Core.Queries;

namespace Capibara6.Core.Caching;

/// <summary>What is kept of an answer: all but what belongs to the one who asked (id, time, usage).</summary>
/// <param name="ContextVersion">Of the context that it was made with; see <see cref="IContextVersions"/>.</param>
[ImmutableObject(true)]
internal sealed record CachedAnswer(
    string Text, string ModelUsed, RoutingResult Routing, AceResult Ace, string? ContextVersion, E2bResult? E2b);

/// <summary>An answer that was made for all who asked for it at the same time, or why there is none.</summary>
/// <param name="IsKept">It is found again later; else only those who are waiting get it.</param>
[ImmutableObject(true)]
internal sealed record MadeAnswer(CachedAnswer? Answer, Failure? Failure, bool IsKept);
