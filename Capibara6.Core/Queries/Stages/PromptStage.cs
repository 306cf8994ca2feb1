namespace Capibara6.Core.Queries.Stages;

/// <summary>Writes down what the model is told, for the budget that counts it and the call that sends it.</summary>
internal sealed class PromptStage : IQueryStage
{
    public string Name => "prompt";

    public ValueTask<Failure?> RunAsync(QueryContext query, QueryWay within, CancellationToken cancellationToken)
    {
        query.Prompt = new QueryPrompt(PromptBuilder.Messages(query));
        return ValueTask.FromResult<Failure?>(null);
    }
}
