using System.Diagnostics;
using Capibara6.Core.ModelClients;
using Capibara6.Core.Usage;
using Microsoft.Extensions.Logging;

namespace Capibara6.Core.Queries.Stages;

/// <summary>
/// The whole of a query: notes how it ended, whichever way, before its answer is given: what was answered is counted, whatever
/// dies next.
/// </summary>
internal sealed class RecordStage(IUsageRecorder recorder, IModelCatalog catalog, TimeProvider time, ILogger<RecordStage> logger) : IQueryStage
{
    public string Name => "query";

    public async ValueTask<Failure?> RunAsync(QueryContext query, QueryWay within, CancellationToken cancellationToken)
    {
        var span = query.Span;
        try
        {
            if (await within.RunAsync(query, cancellationToken) is { } failure)
            {
                NotAnswered(query, failure.Code);
                return failure;
            }

            Answered(query, query.Result!);
            span?.SetTag("capibara6.model", query.ModelUsed).SetTag("capibara6.cached", query.Cached);
            return null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            NotAnswered(query, "cancelled");
            throw;
        }
        catch (Exception exception)
        {
            NotAnswered(query, "error");
            span?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
            QueryLog.Bug(logger, exception);
            throw;
        }
    }

    private void Answered(QueryContext query, QueryResult result)
    {
        QueryTelemetry.Answered(result, time.GetElapsedTime(query.StartedAt));
        Record(query, result.Id, UsageRecord.Answered, result.Timestamp, result.Usage);
    }

    /// <param name="outcome">A failure's code, <c>cancelled</c> or <c>error</c>.</param>
    private void NotAnswered(QueryContext query, string outcome)
    {
        QueryTelemetry.NotAnswered(outcome, time.GetElapsedTime(query.StartedAt));
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
            RouteMs = query.TimeIn("route"),
            EnrichMs = query.TimeIn("enrich"),
            ModelMs = query.TimeIn("call-model"),
            CodeMs = query.TimeIn("run-code"),
            EndedAt = endedAt,
        });
    }
}
