using System.Diagnostics;
using System.Threading.Channels;
using Capibara6.Core.ModelClients;

namespace Capibara6.Core.Queries;

/// <summary>One query on its way: what was asked, and what the stages have found so far. Each stage fills in its own part.</summary>
internal sealed class QueryContext(QueryRequest request, long startedAt)
{
    private static readonly TokenUsage s_nothing = new(0, 0);

    public QueryRequest Request { get; } = request;

    /// <summary>Timestamp of the time provider at the query's arrival.</summary>
    public long StartedAt { get; } = startedAt;

    /// <summary>The span of the whole query, so that stages which run on another thread find their parent.</summary>
    public Activity? Activity { get; init; }

    /// <summary>Where the pieces of a streamed answer go; null when nobody watches.</summary>
    public ChannelWriter<QueryEvent>? Watcher { get; init; }

    public RoutingResult? Routing { get; set; }

    public AceResult? Ace { get; set; }

    public string? Text { get; set; }

    public string? ModelUsed { get; set; }

    public TokenUsage Usage { get; set; } = s_nothing;

    /// <summary>Bound on the answer in tokens that a budget sets where the request sets none.</summary>
    public int? BudgetedTokens { get; set; }

    /// <summary>Characters that a streamed answer has brought so far: what an answer cut short is charged by.</summary>
    public int StreamedLength { get; set; }

    public E2bResult? E2b { get; set; }

    /// <summary>The answer was there before.</summary>
    public bool Cached { get; set; }

    /// <summary>Another model answered than the one chosen.</summary>
    public bool FellBack { get; set; }

    /// <summary>Milliseconds in each stage that was reached, by its name.</summary>
    public Dictionary<string, double> StageTimes { get; } = new(StringComparer.Ordinal);

    public ValueTask EmitAsync(QueryEvent step, CancellationToken cancellationToken) =>
        Watcher is null ? ValueTask.CompletedTask : Watcher.WriteAsync(step, cancellationToken);
}
