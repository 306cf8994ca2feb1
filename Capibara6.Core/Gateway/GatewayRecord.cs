using Capibara6.Core.Caching;
using Capibara6.Core.ModelClients;
using Capibara6.Core.Queries;
using Capibara6.Core.Usage;

namespace Capibara6.Core.Gateway;

/// <summary>The end of a call's way: what it cost is settled and recorded, and what may be kept is.</summary>
internal sealed class GatewayRecord(AnswerCache cache, UsageQueue usage, TimeProvider time)
{
    // What an answer without a count is charged by: one that broke off, or whose endpoint counts nothing.
    private const int BytesPerToken = 4;

    public GatewayReply Begin(GatewayWay way, ModelAnswer answer)
    {
        var reservation = way.Reservation!;
        var used = UsageOf(way, answer.Facts);
        var cost = answer.Model.CostOf(used);
        return new GatewayReply(answer, reply => EndAsync(way, reply, answer.Model, reservation, used))
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()), Chosen = way.Routing.SelectedModel, WasRouted = way.WasRouted, CostUsd = cost,
        };
    }

    public GatewayReply Begin(GatewayWay way, ModelStream stream)
    {
        var reservation = way.Reservation!;
        return new GatewayReply(
            stream,
            way.Call.Route.CountsOnRequest && !way.Facts.WantsCounts,
            way.Keeps && stream.FellBackFrom is null,
            reply => EndAsync(way, reply, stream.Model, reservation, UsageOf(way, reply.Facts)))
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()), Chosen = way.Routing.SelectedModel, WasRouted = way.WasRouted,
        };
    }

    public GatewayReply Hit(GatewayWay way, KeptReply kept)
    {
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        Write(way, id, kept.Model, new TokenUsage(0, 0), 0, cached: true);
        return new GatewayReply(kept, now > kept.MadeAt ? now - kept.MadeAt : TimeSpan.Zero)
        {
            Id = id, Chosen = way.Routing.SelectedModel, WasRouted = way.WasRouted, CostUsd = 0,
        };
    }

    public void NotAnswered(GatewayWay way, ModelCallException exception) =>
        QueryTelemetry.NotAnswered(ModelFailures.Of(exception, begun: false).Code, time.GetElapsedTime(way.StartedAt));

    private async ValueTask EndAsync(GatewayWay way, GatewayReply reply, ModelDescription model, BudgetReservation reservation, TokenUsage used)
    {
        var cost = model.CostOf(used);
        reply.CostUsd = cost;
        await reservation.SettleAsync(new UsageAmount((long)used.PromptTokens + used.CompletionTokens, cost));
        Write(way, reply.Id, model.Id, used, cost, cached: false);
        if (way.Keeps && !reply.FellBack && reply.Facts.Finish is not ("content_filter" or "other") && Kept(reply) is { Length: > 0 and <= KeptReply.MaxBytes } body)
        {
            var kept = new KeptReply(model.Id, reply.ContentType, reply.IsStream, time.GetUtcNow(), body);
            await cache.StoreAsync(way.Key!, kept, CancellationToken.None);
        }
    }

    private static byte[]? Kept(GatewayReply reply) =>
        !reply.IsStream ? reply.Body.Length <= KeptReply.MaxBytes ? reply.Body.ToArray() : null
        : reply.HasEnded ? reply.Delivered.ToArray()
        : null;

    private static TokenUsage UsageOf(GatewayWay way, AnswerFacts facts) => facts.Usage ?? new TokenUsage(
        (way.Call.Body.Length - way.Facts.HeavyBytes) / BytesPerToken,
        (facts.TextLength + BytesPerToken - 1) / BytesPerToken);

    private void Write(GatewayWay way, Guid id, string model, TokenUsage used, decimal cost, bool cached)
    {
        var elapsed = time.GetElapsedTime(way.StartedAt);
        QueryTelemetry.Answered(model, cached, used, cost, elapsed);
        usage.Add(new AnsweredQuery
        {
            Id = id,
            AccountId = way.Call.Caller.AccountId,
            ApiKeyId = way.Call.Caller.ApiKeyId,
            SelectedModel = way.Routing.SelectedModel,
            ModelUsed = model,
            Domain = way.Routing.Domain,
            Complexity = way.Routing.Complexity,
            Cached = cached,
            PromptTokens = used.PromptTokens,
            CompletionTokens = used.CompletionTokens,
            CostUsd = cost,
            ProcessingTimeMs = Math.Round(elapsed.TotalMilliseconds, 3),
            AnsweredAt = time.GetUtcNow(),
        });
    }
}
