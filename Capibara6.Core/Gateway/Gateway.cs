using Capibara6.Core.Caching;
using Capibara6.Core.Data;
using Capibara6.Core.ModelClients;
using Capibara6.Core.Queries;
using Capibara6.Core.Routing;
using Capibara6.Core.Usage;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Gateway;

/// <inheritdoc cref="IGateway"/>
internal sealed class Gateway(
    ModelFleet fleet, ModelCalls calls, IModelRouter router, AnswerCache cache, IBudgets budgets, IOptions<BudgetOptions> budgetOptions,
    IDatabaseAvailability database, GatewayRecord record, TimeProvider time) : IGateway
{
    // An image, a sound or a file is charged by its content, not by its bytes; no more than this is the rule.
    private const int TokensPerHeavyPart = 4_096;

    /// <summary>The order of a call's way: read → validate → route → cache → budget → model; the reply settles and records.</summary>
    public async Task<Outcome<GatewayReply>> AnswerAsync(GatewayCall call, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var read = RequestReader.Read(call.Body.Span, call.Route);
        if (read is not Outcome<RequestFacts>.Success { Value: var facts })
        {
            return ((Outcome<RequestFacts>.Failed)read).Failure;
        }

        if (QueryRules.CheckModel(facts.Model, fleet) is { } unknown)
        {
            return unknown;
        }

        if (!database.IsAvailable)
        {
            return DatabaseFaults.Unavailable;
        }

        var way = Route(call, facts, started);
        if (way.Looks && await cache.FindAsync<KeptReply>(way.Key!, cancellationToken) is { } kept)
        {
            return record.Hit(way, kept);
        }

        return await SpendAsync(way, cancellationToken);
    }

    private GatewayWay Route(GatewayCall call, RequestFacts facts, long started)
    {
        var wasRouted = string.Equals(facts.Model, QueryRequest.AutoModel, StringComparison.OrdinalIgnoreCase);
        var routing = router.Route(facts.Model, facts.LastText, call.Body.Length);
        var model = fleet.Find(routing.SelectedModel)!;
        var use = call.Cache == CacheUse.Default ? DefaultUse(call.Route, facts, model) : call.Cache;
        return new GatewayWay(call, facts, routing, started)
        {
            WasRouted = wasRouted,
            Looks = use is CacheUse.Use,
            Keeps = use is CacheUse.Use or CacheUse.Refresh,
            Key = use is CacheUse.Off
                ? null
                : GatewayKey.Of(cache.ScopeOf(call.Caller), call.Route, wasRouted ? QueryRequest.AutoModel : model.Id, facts, call.Body.Span),
        };
    }

    // What may call tools may have done something; an answer again is not the same as the deed again.
    private static CacheUse DefaultUse(GatewayRoute route, RequestFacts facts, ModelDescription model) =>
        !facts.HasTools && route.Generates && facts.Choices == 1 && (model.CachesAnswers ?? facts.Temperature is 0)
            ? CacheUse.Use
            : CacheUse.Off;

    private async Task<Outcome<GatewayReply>> SpendAsync(GatewayWay way, CancellationToken cancellationToken)
    {
        var facts = way.Facts;
        var promptTokens = way.Call.Body.Length - facts.HeavyBytes + (facts.HeavyParts * TokensPerHeavyPart);
        var answerTokens = way.Call.Route.Generates ? facts.Choices * Math.Min(facts.MaxTokens ?? budgetOptions.Value.MaxAnswerTokens, 1_000_000) : 0;
        switch (await budgets.ReserveAsync(way.Call.Caller, AtMost(way, promptTokens, answerTokens), cancellationToken))
        {
            case Outcome<BudgetReservation>.Success { Value: var reservation }:
                int? bound = reservation.IsLimited && facts.MaxTokens is null && answerTokens > 0 ? budgetOptions.Value.MaxAnswerTokens : null;
                return await CallAsync(way, reservation, bound, cancellationToken);
            case Outcome<BudgetReservation>.Failed { Failure: var failure }:
                record.NotAnswered(way, failure.Code);
                return failure;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<Outcome<GatewayReply>> CallAsync(GatewayWay way, BudgetReservation reservation, int? bound, CancellationToken cancellationToken)
    {
        var (call, facts) = (way.Call, way.Facts);
        var request = new ModelRequest(call.Route.Path, new CallerBody(call.Body, facts, call.Route, bound))
        {
            Stream = facts.Stream, MayFallBack = call.Route.Generates,
        };
        try
        {
            return facts.Stream
                ? record.Begin(way, await calls.OpenAsync(way.Routing.SelectedModel, request, cancellationToken), reservation)
                : await record.EndAsync(way, await calls.AskAsync(way.Routing.SelectedModel, request, cancellationToken), reservation);
        }
        catch (ModelCallException exception)
        {
            var failure = ModelFailures.Of(exception, begun: false);
            await reservation.DisposeAsync();
            record.NotAnswered(way, failure.Code);
            return failure;
        }
        catch (Exception exception)
        {
            await reservation.DisposeAsync();
            record.NotAnswered(way, exception is OperationCanceledException ? "cancelled" : "error");
            throw;
        }
    }

    // The one who stands in may be dearer.
    private UsageAmount AtMost(GatewayWay way, int promptTokens, int answerTokens)
    {
        var usage = new TokenUsage(promptTokens, answerTokens);
        var set = fleet.FindSet(way.Routing.SelectedModel)!;
        var cost = set.Model.CostOf(usage);
        if (set.Fallback is { } other && fleet.Find(other) is { } second)
        {
            cost = Math.Max(cost, second.CostOf(usage));
        }

        return new UsageAmount((long)promptTokens + answerTokens, cost);
    }
}
