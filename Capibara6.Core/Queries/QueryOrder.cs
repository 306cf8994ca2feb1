using Capibara6.Core.Queries.Stages;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Core.Queries;

/// <summary>The order of the stages.</summary>
internal static class QueryOrder
{
    /// <summary>
    /// From the top down; what stands in a stage's brackets goes on within it. A new stage is one class and one line here: what its
    /// constructor asks for, it gets from <paramref name="services"/>.
    /// </summary>
    public static QueryWay Build(IServiceProvider services)
    {
        return new([
            Stage<RecordStage>(
                Stage<ValidateStage>(),
                Stage<CacheStage>(
                    Stage<RouteStage>(),
                    Stage<EnrichStage>(),
                    Stage<PromptStage>(),
                    Stage<RunCodeStage>(
                        Stage<BudgetStage>(
                            Stage<CallModelStage>()))),
                Stage<AnswerStage>(),
                Stage<NoteStage>()),
        ]);

        QueryStep Stage<T>(params QueryStep[] within)
            where T : IQueryStage =>
            new(ActivatorUtilities.CreateInstance<T>(services), new QueryWay(within), services.GetRequiredService<TimeProvider>());
    }
}
