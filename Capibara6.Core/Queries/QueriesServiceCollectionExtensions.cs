using Capibara6.Core.Queries.Stages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Capibara6.Core.Queries;

/// <summary>The way of a query.</summary>
public static class QueriesServiceCollectionExtensions
{
    public static IServiceCollection AddQueries(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ValidateStage>();
        services.TryAddSingleton<CacheStage>();
        services.TryAddSingleton<RouteStage>();
        services.TryAddSingleton<EnrichStage>();
        services.TryAddSingleton<BudgetStage>();
        services.TryAddSingleton<CallModelStage>();
        services.TryAddSingleton<RunCodeStage>();
        services.TryAddSingleton<AnswerStage>();
        services.TryAddSingleton<RecordStage>();
        services.TryAddSingleton<QueryStages>();
        services.TryAddSingleton<IQueryPipeline, QueryPipeline>();
        return services;
    }
}
