using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Capibara6.Core.Queries.Stages;
using Microsoft.Extensions.Logging;

namespace Capibara6.Core.Queries;

/// <inheritdoc cref="IQueryPipeline"/>
internal sealed class QueryPipeline(QueryStages stages, TimeProvider time, ILogger<QueryPipeline> logger) : IQueryPipeline
{
    // Pieces that wait for a slow reader; then the model's stream waits too.
    private const int MaxPendingEvents = 64;

    public Task<Outcome<QueryResult>> ExecuteAsync(QueryRequest request, CancellationToken cancellationToken) =>
        RunAsync(request, watcher: null, cancellationToken);

    public async IAsyncEnumerable<QueryEvent> StreamAsync(QueryRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var events = Channel.CreateBounded<QueryEvent>(new BoundedChannelOptions(MaxPendingEvents) { SingleReader = true, SingleWriter = true });
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = RunStreamAsync(request, events.Writer, left.Token);
        try
        {
            await foreach (var step in events.Reader.ReadAllAsync(cancellationToken))
            {
                yield return step;
            }
        }
        finally
        {
            // A reader that stops early ends the work, too.
            await left.CancelAsync();
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await running;
    }

    /// <summary>The order of the stages.</summary>
    private async ValueTask<Outcome<QueryResult>> AnswerAsync(QueryContext query, CancellationToken cancellationToken)
    {
        var failure = await StageAsync(stages.Validate, query, cancellationToken)
            ?? await CacheAsync(query, cancellationToken);
        if (failure is not null)
        {
            return failure;
        }

        using (QueryTelemetry.Source.StartActivity(AnswerStage.Name))
        {
            var result = stages.Answer.Run(query);
            stages.Record.Answered(query, result);
            return result;
        }
    }

    /// <summary>The order of the stages between looking an answer up and keeping it.</summary>
    private async ValueTask<Failure?> MakeAsync(QueryContext query, CancellationToken cancellationToken) =>
        await StageAsync(stages.Route, query, cancellationToken)
        ?? await StageAsync(stages.Enrich, query, cancellationToken)
        ?? await stages.Budget.RunAsync(query, SpendAsync, cancellationToken);

    /// <summary>The order of the stages that cost the caller something.</summary>
    private async ValueTask<Failure?> SpendAsync(QueryContext query, CancellationToken cancellationToken) =>
        await StageAsync(stages.CallModel, query, cancellationToken)
        ?? await StageAsync(stages.RunCode, query, cancellationToken);

    private async Task<Outcome<QueryResult>> RunAsync(QueryRequest request, ChannelWriter<QueryEvent>? watcher, CancellationToken cancellationToken)
    {
        using var activity = QueryTelemetry.Source.StartActivity("query");
        var query = new QueryContext(request, time.GetTimestamp()) { Watcher = watcher, Activity = activity ?? Activity.Current };
        try
        {
            var outcome = await AnswerAsync(query, cancellationToken);
            Measure(query, outcome, activity);
            return outcome;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            QueryTelemetry.NotAnswered("cancelled", time.GetElapsedTime(query.StartedAt));
            stages.Record.NotAnswered(query, "cancelled");
            throw;
        }
        catch (Exception exception)
        {
            QueryTelemetry.NotAnswered("error", time.GetElapsedTime(query.StartedAt));
            stages.Record.NotAnswered(query, "error");
            activity?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
            QueryLog.Bug(logger, exception);
            throw;
        }
    }

    private async Task RunStreamAsync(QueryRequest request, ChannelWriter<QueryEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            QueryEvent last = await RunAsync(request, events, cancellationToken) switch
            {
                Outcome<QueryResult>.Success success => new QueryEvent.Done(success.Value),
                Outcome<QueryResult>.Failed failed => new QueryEvent.Failed(failed.Failure),
                _ => throw new UnreachableException(),
            };
            await events.WriteAsync(last, cancellationToken);
        }
        finally
        {
            events.TryComplete();
        }
    }

    private async ValueTask<Failure?> StageAsync(IQueryStage stage, QueryContext query, CancellationToken cancellationToken)
    {
        using var activity = QueryTelemetry.Source.StartActivity(stage.Name);
        var started = time.GetTimestamp();
        var failure = await stage.RunAsync(query, cancellationToken);
        StageEnded(query, stage.Name, time.GetElapsedTime(started), failure, activity);
        return failure;
    }

    private async ValueTask<Failure?> CacheAsync(QueryContext query, CancellationToken cancellationToken)
    {
        using var activity = QueryTelemetry.Source.StartActivity(CacheStage.Name);
        var failure = await stages.Cache.RunAsync(query, MakeAsync, cancellationToken);
        activity?.SetTag("capibara6.cached", query.Cached);
        return failure;
    }

    private static void StageEnded(QueryContext query, string stage, TimeSpan duration, Failure? failure, Activity? activity)
    {
        query.StageTimes[stage] = Math.Round(duration.TotalMilliseconds, 3);
        QueryTelemetry.StageEnded(stage, duration);
        if (failure is not null)
        {
            activity?.SetStatus(ActivityStatusCode.Error, failure.Code);
        }
    }

    private void Measure(QueryContext query, Outcome<QueryResult> outcome, Activity? activity)
    {
        var duration = time.GetElapsedTime(query.StartedAt);
        switch (outcome)
        {
            case Outcome<QueryResult>.Success { Value: var result }:
                QueryTelemetry.Answered(result, duration);
                activity?.SetTag("capibara6.model", result.ModelUsed).SetTag("capibara6.cached", result.Cached);
                break;
            case Outcome<QueryResult>.Failed { Failure: var failure }:
                QueryTelemetry.NotAnswered(failure.Code, duration);
                stages.Record.NotAnswered(query, failure.Code);
                activity?.SetStatus(ActivityStatusCode.Error, failure.Code);
                break;
            default:
                break;
        }
    }
}
