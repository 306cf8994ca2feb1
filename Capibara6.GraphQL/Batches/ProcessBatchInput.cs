using System.Security.Cryptography;
using System.Text.Json;
using Capibara6.Core.Identity;
using Capibara6.Core.Jobs;
using Capibara6.Core.Queries;
using Capibara6.GraphQLApi.Queries;
using Capibara6.GraphQLApi.Schema;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Batches;

internal sealed class ProcessBatchInput
{
    public IReadOnlyList<BatchQueryInput> Queries { get; set; } = [];
    public BatchPriority? Priority { get; set; }
    public DateTimeOffset? Deadline { get; set; }
    public string? IdempotencyKey { get; set; }

    public BatchRequest ToRequest(Caller caller) =>
        new([.. Queries.Select((query, index) => query.ToItem(index))], Priority ?? BatchPriority.Medium, caller)
        {
            Deadline = Deadline,
            IdempotencyKey = IdempotencyKey,
            RequestHash = IdempotencyKey is null ? null : SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new { Queries, Priority, Deadline })),
        };
}

internal sealed class BatchQueryInput
{
    public string Query { get; set; } = "";
    public IReadOnlyList<ContextEntryInput>? Context { get; set; }
    public string? Model { get; set; }
    public int? MaxTokens { get; set; }
    public double? Temperature { get; set; }
    public bool? UseCache { get; set; }
    public string? CustomId { get; set; }
    public QueryOptionsInput? Options { get; set; }

    public BatchItem ToItem(int index) => new(Query)
    {
        Context = ContextEntryInput.ToContext(Context, $"input.queries[{index}].context"),
        Model = Model ?? QueryRequest.AutoModel,
        MaxTokens = MaxTokens,
        Temperature = (float?)Temperature,
        UseCache = UseCache ?? true,
        CustomId = CustomId,
        Execute = Options?.Execute ?? CodeExecution.Never,
    };
}

internal sealed class ProcessBatchInputType : InputObjectGraphType<ProcessBatchInput>
{
    public ProcessBatchInputType()
    {
        Name = "ProcessBatchInput";
        Description = "Questions to be answered in the background.";
        Field<NonNullGraphType<ListGraphType<NonNullGraphType<BatchQueryInputType>>>>("queries").Description("The questions: 1 to 10,000.");
        Field<BatchPriorityType>("priority").Description("MEDIUM when left out.");
        Field<MomentType>("deadline")
            .Description("In the future: what has not begun by then ends as batch_expired; what is answered stays. None when left out.");
        Field<StringGraphType>("idempotencyKey")
            .Description("Your own name for this request, 1 to 255 characters: the same once more gives the batch that it made; another under it is a conflict.");
    }
}

internal sealed class BatchQueryInputType : InputObjectGraphType<BatchQueryInput>
{
    public BatchQueryInputType()
    {
        Name = "BatchQueryInput";
        Description = "A question of a batch.";
        Field<NonNullGraphType<StringGraphType>>("query").Description("The question: 1 to 32,000 characters.");
        Field<ListGraphType<NonNullGraphType<ContextEntryInputType>>>("context")
            .Description("Material that belongs to the question; at most 32,000 characters in all.");
        Field<StringGraphType>("model").Description("Id of a model, or auto (the default) to let the router choose.");
        Field<IntGraphType>("maxTokens").Description("Bound on the answer in tokens: 1 to 32,768.");
        Field<FloatGraphType>("temperature").Description("Sampling temperature: 0 (steady) to 2 (adventurous).");
        Field<BooleanGraphType>("useCache").Description("Whether a cached answer will do; true by default.");
        Field<StringGraphType>("customId").Description("Your own name for this question; it comes back with the result.");
        Field<QueryOptionsInputType>("options").Description("What else is done with the answer.");
    }
}
