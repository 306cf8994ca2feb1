using System.Diagnostics;
using Capibara6.Core.Caching;

namespace Capibara6.Core.Queries.Stages;

/// <summary>Gives an answer that was given before, or has one made and keeps it.</summary>
internal sealed class CacheStage(AnswerCache cache)
{
    public const string Name = "cache";

    /// <param name="make">The stages that make an answer.</param>
    public ValueTask<Failure?> RunAsync(
        QueryContext query, Func<QueryContext, CancellationToken, ValueTask<Failure?>> make, CancellationToken cancellationToken)
    {
        var key = cache.KeyOf(query.Request);

        // One who watches wants the pieces as they come, so cannot wait for another's whole answer.
        return query.Request.UseCache && query.Watcher is null
            ? FindOrMakeAsync(query, key, make, cancellationToken)
            : FindThenMakeAsync(query, key, make, cancellationToken);
    }

    private async ValueTask<Failure?> FindOrMakeAsync(
        QueryContext query, string key, Func<QueryContext, CancellationToken, ValueTask<Failure?>> make, CancellationToken cancellationToken)
    {
        try
        {
            var own = new Maker(query, make);
            var answer = await cache.FindOrMakeAsync(
                key,
                own,
                static async (maker, token) =>
                {
                    // The cache makes answers on another thread.
                    Activity.Current = maker.Query.Activity;
                    return await maker.Make(maker.Query, token) is { } failure
                        ? throw new NoAnswerException(failure)
                        : AnswerOf(maker.Query);
                },
                cancellationToken);
            if (!own.Makes)
            {
                Take(query, answer);
            }
            else if (query.FellBack)
            {
                await cache.RemoveAsync(key, cancellationToken);
            }

            return null;
        }
        catch (NoAnswerException exception)
        {
            return exception.Failure;
        }
    }

    private async ValueTask<Failure?> FindThenMakeAsync(
        QueryContext query, string key, Func<QueryContext, CancellationToken, ValueTask<Failure?>> make, CancellationToken cancellationToken)
    {
        if (query.Request.UseCache && await cache.FindAsync<CachedAnswer>(key, cancellationToken) is { } answer)
        {
            Take(query, answer);
            await ReplayAsync(query, cancellationToken);
            return null;
        }

        if (await make(query, cancellationToken) is { } failure)
        {
            return failure;
        }

        // The second-best model's answer is for now, not for an hour.
        if (!query.FellBack)
        {
            await cache.StoreAsync(key, AnswerOf(query), cancellationToken);
        }

        return null;
    }

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

    private static CachedAnswer AnswerOf(QueryContext query) => new(query.Text!, query.ModelUsed!, query.Routing!, query.Ace!, query.E2b);

    private sealed class Maker(QueryContext query, Func<QueryContext, CancellationToken, ValueTask<Failure?>> make) : IAnswerMaker
    {
        public QueryContext Query { get; } = query;

        public Func<QueryContext, CancellationToken, ValueTask<Failure?>> Make { get; } = make;

        public bool Makes { get; set; }
    }

    /// <summary>Carries an expected failure through the cache, which knows answers and exceptions only.</summary>
    private sealed class NoAnswerException(Failure failure) : Exception(failure.Code)
    {
        public Failure Failure { get; } = failure;
    }
}
