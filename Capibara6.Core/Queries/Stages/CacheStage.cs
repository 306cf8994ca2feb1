using System.Diagnostics;
using Capibara6.Core.Caching;

namespace Capibara6.Core.Queries.Stages;

/// <summary>
/// Gives an answer that was given before, or has one made and keeps it: a whole answer of the model that was chosen. The
/// second-best model's answer is for now, not for an hour; what failed or was cut is for nobody else later.
/// </summary>
internal sealed class CacheStage(AnswerCache cache, IContextVersions versions) : IQueryStage
{
    public string Name => "cache";

    public async ValueTask<Failure?> RunAsync(QueryContext query, QueryWay within, CancellationToken cancellationToken)
    {
        // One who watches wants the pieces as they come, so cannot wait for another's whole answer.
        var key = cache.KeyOf(query.Request);
        var failure = query.Request.UseCache && query.Watcher is null
            ? await FindOrMakeAsync(query, key, within, cancellationToken)
            : await FindThenMakeAsync(query, key, within, cancellationToken);
        query.Span?.SetTag("capibara6.cached", query.Cached);
        return failure;
    }

    private async ValueTask<Failure?> FindOrMakeAsync(QueryContext query, string key, QueryWay within, CancellationToken cancellationToken)
    {
        var own = new Maker(query, within, Activity.Current, versions);
        var made = await cache.FindOrMakeAsync(
            key,
            own,
            static async (maker, token) =>
            {
                // The cache makes answers on another thread.
                Activity.Current = maker.Span;
                return await maker.Within.RunAsync(maker.Query, token) is { } failure
                    ? new MadeAnswer(Answer: null, failure, IsKept: false)
                    : new MadeAnswer(AnswerOf(maker.Query), Failure: null, IsWorthKeeping(maker.Query));
            },
            cancellationToken);
        if (made.Answer is { } answer && !own.Makes)
        {
            Take(query, answer);
        }

        return made.Failure;
    }

    private async ValueTask<Failure?> FindThenMakeAsync(QueryContext query, string key, QueryWay within, CancellationToken cancellationToken)
    {
        if (query.Request.UseCache && await cache.FindAsync<CachedAnswer>(key, cancellationToken, IsCurrent) is { } answer)
        {
            Take(query, answer);
            await ReplayAsync(query, cancellationToken);
            return null;
        }

        if (await within.RunAsync(query, cancellationToken) is { } failure)
        {
            return failure;
        }

        if (IsWorthKeeping(query))
        {
            await cache.StoreAsync(key, AnswerOf(query), cancellationToken);
        }

        return null;
    }

    private bool IsCurrent(CachedAnswer answer) => versions.IsCurrent(answer.ContextVersion);

    private static bool IsWorthKeeping(QueryContext query) => !query.FellBack && !query.IsCut && !query.LacksRun;

    private static void Take(QueryContext query, CachedAnswer answer)
    {
        query.Cached = true;
        (query.Text, query.ModelUsed, query.Routing, query.Ace, query.E2b) =
            (answer.Text, answer.ModelUsed, answer.Routing, answer.Ace, answer.E2b);
    }

    private static async ValueTask ReplayAsync(QueryContext query, CancellationToken cancellationToken)
    {
        await query.EmitAsync(new QueryEvent.Routed(query.Routing!), cancellationToken);
        await query.EmitAsync(new QueryEvent.Enriched(query.Ace!), cancellationToken);
        await query.EmitAsync(new QueryEvent.Token(query.Text!), cancellationToken);
        if (query.E2b is { } execution)
        {
            await query.EmitAsync(new QueryEvent.Executed(execution), cancellationToken);
        }
    }

    private static CachedAnswer AnswerOf(QueryContext query) =>
        new(query.Text!, query.ModelUsed!, query.Routing!, query.Ace!, query.ContextVersion, query.E2b);

    private sealed class Maker(QueryContext query, QueryWay within, Activity? span, IContextVersions versions) : IAnswerMaker
    {
        public QueryContext Query { get; } = query;

        public QueryWay Within { get; } = within;

        public Activity? Span { get; } = span;

        public bool Makes { get; set; }

        public bool Takes(CachedAnswer answer) => versions.IsCurrent(answer.ContextVersion);
    }
}
