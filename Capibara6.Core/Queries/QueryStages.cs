using Capibara6.Core.Queries.Stages;

namespace Capibara6.Core.Queries;

/// <summary>The stages of a query's way, in their order.</summary>
internal sealed record QueryStages(
    ValidateStage Validate,
    CacheStage Cache,
    RouteStage Route,
    EnrichStage Enrich,
    BudgetStage Budget,
    CallModelStage CallModel,
    RunCodeStage RunCode,
    AnswerStage Answer,
    RecordStage Record);
