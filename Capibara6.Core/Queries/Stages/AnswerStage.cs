namespace Capibara6.Core.Queries.Stages;

/// <summary>Puts the answer together, with an id and a time of its own also when its text was known before.</summary>
internal sealed class AnswerStage(TimeProvider time) : IQueryStage
{
    public string Name => "answer";

    public ValueTask<Failure?> RunAsync(QueryContext query, QueryWay within, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        query.Result = new QueryResult
        {
            Id = Guid.CreateVersion7(now),
            Query = query.Request.Query,
            Result = query.Text!,
            ModelUsed = query.ModelUsed!,
            Routing = query.Routing!,
            Ace = query.Ace!,
            E2b = query.E2b,
            Cached = query.Cached,
            Usage = new QueryUsage
            {
                PromptTokens = query.Usage.PromptTokens, CompletionTokens = query.Usage.CompletionTokens, CostUsd = query.CostUsd,
            },
            ProcessingTimeMs = Math.Round(time.GetElapsedTime(query.StartedAt).TotalMilliseconds, 3),
            Timestamp = now,
        };
        return ValueTask.FromResult<Failure?>(null);
    }
}
