using System.Diagnostics;
using System.Threading.Channels;
using Capibara6.Core.ModelClients;

namespace Capibara6.Core.Queries;

/// <summary>One query on its way: what was asked, and what the stages have found so far. Each stage fills in its own part.</summary>
internal sealed class QueryContext(QueryRequest request, long startedAt)
{
    private static readonly TokenUsage s_nothing = new(0, 0);

    private readonly Dictionary<string, TimeSpan> _times = new(StringComparer.Ordinal);

    public QueryRequest Request { get; } = request;

    /// <summary>Timestamp of the time provider at the query's arrival.</summary>
    public long StartedAt { get; } = startedAt;

    /// <summary>The span of the stage that is at work; null when nobody traces.</summary>
    public Activity? Span { get; set; }

    /// <summary>Time in stages that have ended within the one at work.</summary>
    public TimeSpan InnerTime { get; set; }

    /// <summary>Where the pieces of a streamed answer go; null when nobody watches.</summary>
    public ChannelWriter<QueryEvent>? Watcher { get; init; }

    public RoutingResult? Routing { get; set; }

    public AceResult? Ace { get; set; }

    /// <summary>What <see cref="IContextVersions"/> knows the added context by; null when nothing was added.</summary>
    public string? ContextVersion { get; set; }

    /// <summary>What the model is told.</summary>
    public QueryPrompt? Prompt { get; set; }

    public string? Text { get; set; }

    public string? ModelUsed { get; set; }

    /// <summary>Tokens of all calls of a model so far.</summary>
    public TokenUsage Usage { get; private set; } = s_nothing;

    /// <summary>US dollars of all calls of a model so far.</summary>
    public decimal CostUsd { get; private set; }

    /// <summary>The call at work has brought a piece of an answer.</summary>
    public bool HasBegun { get; set; }

    /// <summary>The last answer is not all that the model had to say: a bound or a filter ended it.</summary>
    public bool IsCut { get; set; }

    /// <summary>Code of the answer should have been run, and could not be for the moment.</summary>
    public bool LacksRun { get; set; }

    /// <summary>Bound on the answer in tokens that a budget sets where the request sets none.</summary>
    public int? BudgetedTokens { get; set; }

    /// <summary>Characters that the streamed answer of this call has brought so far: what an answer cut short is charged by.</summary>
    public int StreamedLength { get; set; }

    public E2bResult? E2b { get; set; }

    /// <summary>The answer was there before.</summary>
    public bool Cached { get; set; }

    /// <summary>Another model answered than the one chosen.</summary>
    public bool FellBack { get; set; }

    /// <summary>The answer as it is given.</summary>
    public QueryResult? Result { get; set; }

    /// <summary>Milliseconds that the query has spent in a stage, not counting the stages within it; null when it did not get there.</summary>
    public double? TimeIn(string stage)
    {
        lock (_times)
        {
            return _times.TryGetValue(stage, out var time) ? Math.Round(time.TotalMilliseconds, 3) : null;
        }
    }

    /// <summary>Adds to the time in a stage. Who left is recorded while the answer may still be made for others.</summary>
    public void AddTime(string stage, TimeSpan time)
    {
        lock (_times)
        {
            _times[stage] = _times.GetValueOrDefault(stage) + time;
        }
    }

    /// <summary>Counts a call of a model.</summary>
    public void Charge(TokenUsage usage, decimal costUsd)
    {
        Usage = new(
            Usage.PromptTokens + usage.PromptTokens,
            Usage.CompletionTokens + usage.CompletionTokens,
            Usage.CachedPromptTokens + usage.CachedPromptTokens);
        CostUsd += costUsd;
    }

    public ValueTask EmitAsync(QueryEvent step, CancellationToken cancellationToken) =>
        Watcher is null ? ValueTask.CompletedTask : Watcher.WriteAsync(step, cancellationToken);
}
