using Capibara6.Core.Caching;
using Capibara6.Core.ModelClients;
using Capibara6.Core.Queries;
using Capibara6.Core.Usage;

namespace Capibara6.Core.Gateway;

/// <summary>The end of a call's way: what it cost is settled and recorded before the answer ends, and what may be kept is.</summary>
internal sealed class GatewayRecord(AnswerCache cache, IUsageRecorder recorder, TimeProvider time)
{
    // What an answer without a count is charged by: one that broke off, or whose endpoint counts nothing.
    private const int BytesPerToken = 4;

    /// <summary>A whole answer has come: it is settled before it is given.</summary>
    public async ValueTask<GatewayReply> EndAsync(GatewayWay way, ModelAnswer answer, BudgetReservation reservation)
    {
        var reply = new GatewayReply(answer) { Id = NewId(), Chosen = way.Routing.SelectedModel, WasRouted = way.WasRouted };
        await SettleAsync(way, reply, answer.Model, reservation, UsageRecord.Answered);
        return reply;
    }

    /// <summary>A streamed answer has begun: it is settled when the reply is disposed of.</summary>
    public GatewayReply Begin(GatewayWay way, ModelStream stream, BudgetReservation reservation) => new(
        stream,
        way.Call.Route.CountsOnRequest && !way.Facts.WantsCounts,
        way.Keeps && stream.FellBackFrom is null,
        reply => SettleAsync(way, reply, stream.Model, reservation, reply.Outcome))
    {
        Id = NewId(), Chosen = way.Routing.SelectedModel, WasRouted = way.WasRouted,
    };

    public GatewayReply Hit(GatewayWay way, KeptReply kept)
    {
        var now = time.GetUtcNow();
        var reply = new GatewayReply(kept, now > kept.MadeAt ? now - kept.MadeAt : TimeSpan.Zero)
        {
            Id = NewId(), Chosen = way.Routing.SelectedModel, WasRouted = way.WasRouted, CostUsd = 0,
        };
        Write(way, reply.Id, UsageRecord.Answered, kept.Model, new TokenUsage(0, 0), 0, cached: true);
        return reply;
    }

    /// <param name="outcome">A failure's code, <c>cancelled</c> or <c>error</c>.</param>
    public void NotAnswered(GatewayWay way, string outcome) => Write(way, NewId(), outcome, null, new TokenUsage(0, 0), 0, cached: false);

    private async ValueTask SettleAsync(GatewayWay way, GatewayReply reply, ModelDescription model, BudgetReservation reservation, string outcome)
    {
        var used = UsageOf(way, reply.Facts);
        var cost = model.CostOf(used);
        reply.CostUsd = cost;
        await reservation.SettleAsync(new UsageAmount((long)used.PromptTokens + used.CompletionTokens, cost));
        Write(way, reply.Id, outcome, model.Id, used, cost, cached: false);
        if (way.Keeps && outcome == UsageRecord.Answered && !reply.FellBack && reply.Facts.Finish is not ("content_filter" or "length" or "other")
            && reply.ToKeep() is { Length: > 0 } body)
        {
            var kept = new KeptReply(model.Id, reply.ContentType, reply.IsStream, time.GetUtcNow(), body);
            await cache.StoreAsync(way.Key!, kept, CancellationToken.None);
        }
    }

    private Guid NewId() => Guid.CreateVersion7(time.GetUtcNow());

    private static TokenUsage UsageOf(GatewayWay way, AnswerFacts facts) => facts.Usage ?? new TokenUsage(
        (way.Call.Body.Length - way.Facts.HeavyBytes) / BytesPerToken,
        (facts.TextLength + BytesPerToken - 1) / BytesPerToken);

    private void Write(GatewayWay way, Guid id, string outcome, string? model, TokenUsage used, decimal cost, bool cached)
    {
        var elapsed = time.GetElapsedTime(way.StartedAt);
        if (outcome == UsageRecord.Answered)
        {
            QueryTelemetry.Answered(model!, cached, used, cost, elapsed);
        }
        else
        {
            QueryTelemetry.NotAnswered(outcome, elapsed);
        }

        (way.Call.Recorder ?? recorder).Record(new UsageRecord
        {
            Id = id,
            AccountId = way.Call.Caller.AccountId,
            ApiKeyId = way.Call.Caller.ApiKeyId,
            Outcome = outcome,
            Model = model,
            Route = way.Routing.SelectedModel,
            Domain = way.Routing.Domain,
            Cached = cached,
            PromptTokens = used.PromptTokens,
            CompletionTokens = used.CompletionTokens,
            CostUsd = cost,
            DurationMs = Math.Round(elapsed.TotalMilliseconds, 3),
            EndedAt = time.GetUtcNow(),
        });
    }
}
