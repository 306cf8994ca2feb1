using Capibara6.Core.ModelClients;

namespace Capibara6.Core.Queries.Stages;

/// <summary>Puts the answer together, with an id and a time of its own also when its text was known before.</summary>
internal sealed class AnswerStage(IModelCatalog catalog, TimeProvider time)
{
    public const string Name = "answer";

    private static readonly QueryUsage s_free = new() { PromptTokens = 0, CompletionTokens = 0, CostUsd = 0 };

    public QueryResult Run(QueryContext query)
    {
        var now = time.GetUtcNow();
        return new QueryResult
        {
            Id = Guid.CreateVersion7(now),
            Query = query.Request.Query,
            Result = query.Text!,
            ModelUsed = query.ModelUsed!,
            Routing = query.Routing!,
            Ace = query.Ace!,
            E2b = query.E2b,
            Cached = query.Cached,
            Usage = query.Cached ? s_free : UsageOf(query),
            ProcessingTimeMs = Math.Round(time.GetElapsedTime(query.StartedAt).TotalMilliseconds, 3),
            Timestamp = now,
        };
    }

    private QueryUsage UsageOf(QueryContext query)
    {
        var model = catalog.Find(query.ModelUsed!)!;
        var usage = query.Usage;
        return new QueryUsage
        {
            PromptTokens = usage.PromptTokens,
            CompletionTokens = usage.CompletionTokens,
            CostUsd = model.CostOf(usage),
        };
    }
}
