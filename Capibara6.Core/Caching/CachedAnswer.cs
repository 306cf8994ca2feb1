using System.ComponentModel;
using Capibara6.Core.Queries;

namespace Capibara6.Core.Caching;

/// <summary>What is kept of an answer: all but what belongs to the one who asked (id, time, usage).</summary>
[ImmutableObject(true)]
internal sealed record CachedAnswer(string Text, string ModelUsed, RoutingResult Routing, AceResult Ace, E2bResult? E2b);
