using Capibara6.Core.Caching;
using Capibara6.Core.Identity;
using Capibara6.Core.Identity.Audit;
using Capibara6.GraphQLApi.Access;
using GraphQL;
using GraphQL.MicrosoftDI;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Cache;

internal static class CacheFields
{
    public static void AddCache(this ObjectGraphType query) =>
        query.Field<NonNullGraphType<CacheStatsType>>("cacheStats")
            .Description("How the cache of answers has done on the replica that answers this.")
            .RequirePermission(Permissions.Admin)
            .Resolve()
            .WithService<IAnswerCache>()
            .Resolve((_, cache) => cache.Statistics);

    public static void AddCacheChanges(this ObjectGraphType mutation) =>
        mutation.Field<NonNullGraphType<BooleanGraphType>>("clearCache")
            .Description("Forgets all cached answers: at once on this replica, on the others as soon as they hear of it. Always true.")
            .RequirePermission(Permissions.Admin)
            .Resolve()
            .WithScope()
            .WithServices<IAnswerCache, IAuditLog>()
            .ResolveAsync(ClearAsync);

    private static async Task<object?> ClearAsync(IResolveFieldContext context, IAnswerCache cache, IAuditLog audit)
    {
        await audit.RecordAsync(AuditActions.CacheCleared, context.Caller(), context.User().Origin, context.CancellationToken);
        await cache.ClearAsync(context.CancellationToken);
        return true;
    }
}

internal sealed class CacheStatsType : ObjectGraphType<AnswerCacheStatistics>
{
    public CacheStatsType()
    {
        Name = "CacheStats";
        Description = "How the cache of answers has done on one replica since it started.";
        Field<NonNullGraphType<Schema.CountType>>("hits").Description("Look-ups that found an answer.").Resolve(context => context.Source.Hits);
        Field<NonNullGraphType<Schema.CountType>>("misses").Description("Look-ups that found none.").Resolve(context => context.Source.Misses);
        Field<NonNullGraphType<FloatGraphType>>("hitRatio")
            .Description("Share of look-ups that found an answer, from 0 to 1; 0 before the first.")
            .Resolve(context => context.Source.Hits / (double)Math.Max(1, context.Source.Hits + context.Source.Misses));
        Field<NonNullGraphType<Schema.CountType>>("localEntries")
            .Description("Answers in the replica's own memory.").Resolve(context => context.Source.LocalEntries);
        Field<NonNullGraphType<BooleanGraphType>>("shared")
            .Description("Whether Redis is there, so that replicas share their answers.").Resolve(context => context.Source.Shared);
    }
}
