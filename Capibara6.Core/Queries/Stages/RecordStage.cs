using Capibara6.Core.ModelClients;
using Capibara6.Core.Usage;

namespace Capibara6.Core.Queries.Stages;

/// <summary>Notes how a query ended, before its answer is given: what was answered is counted, whatever dies next.</summary>
internal sealed class RecordStage(IUsageRecorder recorder, IModelCatalog catalog, TimeProvider time)
{
    public void Answered(QueryContext query, QueryResult result) => Record(query, result.Id, UsageRecord.Answered, result.Timestamp, result.Usage);

    /// <param name="outcome">A failure's code, <c>cancelled</c> or <c>error</c>.</param>
    public void NotAnswered(QueryContext query, string outcome)
    {
        var now = time.GetUtcNow();
        Record(query, Guid.CreateVersion7(now), outcome, now, usage: null);
    }

    private void Record(QueryContext query, Guid id, string outcome, DateTimeOffset endedAt, QueryUsage? usage)
    {
        var caller = query.Request.Caller;
        (query.Request.Recorder ?? recorder).Record(new UsageRecord
        {
            Id = id,
            AccountId = caller.AccountId,
            ApiKeyId = caller.ApiKeyId,
            Outcome = outcome,

            // The same few names as everywhere: a model that a client made up isn't one.
            Model = query.ModelUsed is { } model ? catalog.Find(model)?.Id ?? model : null,
            Route = query.Routing?.SelectedModel,
            Domain = query.Routing?.Domain,
            Cached = query.Cached,
            PromptTokens = usage?.PromptTokens ?? 0,
            CompletionTokens = usage?.CompletionTokens ?? 0,
            CostUsd = usage?.CostUsd ?? 0,
            DurationMs = Math.Round(time.GetElapsedTime(query.StartedAt).TotalMilliseconds, 3),
            RouteMs = TimeIn("route"),
            EnrichMs = TimeIn("enrich"),
            ModelMs = TimeIn("call-model"),
            CodeMs = TimeIn("run-code"),
            EndedAt = endedAt,
        });

        double? TimeIn(string stage) => query.StageTimes.TryGetValue(stage, out var time) ? time : null;
    }
}
