using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Capibara6.Core.Queries;

/// <summary>The way of a query.</summary>
public static class QueriesServiceCollectionExtensions
{
    public static IServiceCollection AddQueries(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IQueryPipeline>(provider => new QueryPipeline(QueryOrder.Build(provider), provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
