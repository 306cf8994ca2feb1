using Capibara6.Core.Identity;
using Capibara6.Core.Jobs;
using Capibara6.Core.Queries;
using Capibara6.GraphQLApi.Queries;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Batches;

internal sealed class ProcessBatchInput
{
    public IReadOnlyList<BatchQueryInput> Queries { get; set; } = [];
    public BatchPriority? Priority { get; set; }

    public BatchRequest ToRequest(Caller caller) =>
        new([.. Queries.Select((query, index) => query.ToItem(index))], Priority ?? BatchPriority.Medium, caller);
}

internal sealed class BatchQueryInput
{
    public string Query { get; set; } = "";
    public IReadOnlyList<ContextEntryInput>? Context { get; set; }
    public string? Model { get; set; }
    public string? CustomId { get; set; }

    public BatchItem ToItem(int index) => new(Query)
    {
        Context = ContextEntryInput.ToContext(Context, $"input.queries[{index}].context"),
        Model = Model ?? QueryRequest.AutoModel,
        CustomId = CustomId,
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
        Field<StringGraphType>("customId").Description("Your own name for this question; it comes back with the result.");
    }
}
