using Capibara6.Core.Identity;
using Capibara6.Core.Queries;

namespace Capibara6.Api.Queries;

/// <summary>Between the wire's words and Core's.</summary>
internal static class QueryMapping
{
    public static QueryRequest ToRequest(this QueryBody body, Caller caller)
    {
        var request = new QueryRequest(body.Query, caller)
        {
            Model = body.Model ?? QueryRequest.AutoModel,
            MaxTokens = body.MaxTokens,
            Temperature = body.Temperature,
            UseCache = body.UseCache ?? true,
            Execute = body.Options?.Execute ?? CodeExecution.Never,
        };
        return body.Context is { } context ? request with { Context = context } : request;
    }

    public static QueryResponse ToResponse(this QueryResult result) => new()
    {
        Id = result.Id,
        Query = result.Query,
        Result = result.Result,
        ModelUsed = result.ModelUsed,
        Routing = result.Routing.ToBody(),
        Ace = result.Ace.ToBody(),
        E2b = result.E2b?.ToBody(),
        Cached = result.Cached,
        Usage = new UsageView
        {
            PromptTokens = result.Usage.PromptTokens,
            CompletionTokens = result.Usage.CompletionTokens,
            CostUsd = result.Usage.CostUsd,
        },
        ProcessingTimeMs = Math.Round(result.ProcessingTimeMs, 3),
        Timestamp = result.Timestamp,
    };

    public static RoutingView ToBody(this RoutingResult routing) => new()
    {
        Model20bConfidence = routing.Model20bConfidence,
        Model120bConfidence = routing.Model120bConfidence,
        SelectedModel = routing.SelectedModel,
        Reasoning = routing.Reasoning,
        Complexity = routing.Complexity,
        Domain = routing.Domain,
    };

    public static AceView ToBody(this AceResult ace) => new()
    {
        EnhancedContext = ace.EnhancedContext,
        AwarenessScore = ace.AwarenessScore,
        PlaybookUsed = ace.PlaybookUsed,
    };

    public static E2bView ToBody(this E2bResult run) => new()
    {
        ExecutionSuccess = run.ExecutionSuccess,
        Output = run.Output,
        Error = run.Error,
        ExecutionTimeMs = Math.Round(run.ExecutionTimeMs, 3),
        Language = run.Language,
        Attempts = run.Attempts,
    };
}
