using Capibara6.Core.Usage;

namespace Capibara6.Core.Queries.Stages;

/// <summary>Notes what was answered. It never waits and never fails: the row is written in the background.</summary>
internal sealed class RecordStage(UsageQueue usage)
{
    public void Run(QueryContext query, QueryResult result) => usage.Add(new AnsweredQuery
    {
        Id = result.Id,
        AccountId = query.Request.Caller.AccountId,
        ApiKeyId = query.Request.Caller.ApiKeyId,
        SelectedModel = result.Routing.SelectedModel,
        ModelUsed = result.ModelUsed,
        Domain = result.Routing.Domain,
        Complexity = result.Routing.Complexity,
        Cached = result.Cached,
        PromptTokens = result.Usage.PromptTokens,
        CompletionTokens = result.Usage.CompletionTokens,
        CostUsd = result.Usage.CostUsd,
        ProcessingTimeMs = result.ProcessingTimeMs,
        AnsweredAt = result.Timestamp,
    });
}
