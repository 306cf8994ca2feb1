using Capibara6.Core.Identity;
using Capibara6.Core.Queries;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Queries;

/// <summary>The input of <c>processQuery</c>; ranges are Core's to decide, for every edge alike.</summary>
internal sealed class ProcessQueryInput
{
    public string Query { get; set; } = "";
    public IReadOnlyList<ContextEntryInput>? Context { get; set; }
    public string? Model { get; set; }
    public int? MaxTokens { get; set; }
    public double? Temperature { get; set; }
    public bool? UseCache { get; set; }
    public QueryOptionsInput? Options { get; set; }

    public QueryRequest ToRequest(Caller caller) => new(Query, caller)
    {
        Context = ContextEntryInput.ToContext(Context, "input.context"),
        Model = Model ?? QueryRequest.AutoModel,
        MaxTokens = MaxTokens,
        Temperature = (float?)Temperature,
        UseCache = UseCache ?? true,
        Execute = Options?.Execute ?? CodeExecution.Never,
    };
}

internal sealed class ProcessQueryInputType : InputObjectGraphType<ProcessQueryInput>
{
    public ProcessQueryInputType()
    {
        Name = "ProcessQueryInput";
        Description = "A question for a model.";
        Field<NonNullGraphType<StringGraphType>>("query").Description("The question: 1 to 32,000 characters.");
        Field<ListGraphType<NonNullGraphType<ContextEntryInputType>>>("context")
            .Description("Material that belongs to the question; at most 32,000 characters in all.");
        Field<StringGraphType>("model").Description("Id of a model, or auto (the default) to let the router choose.");
        Field<IntGraphType>("maxTokens").Description("Bound on the answer in tokens: 1 to 32,768.");
        Field<FloatGraphType>("temperature").Description("Sampling temperature: 0 (steady) to 2 (adventurous).");
        Field<BooleanGraphType>("useCache").Description("Whether a cached answer will do; true by default.");
        Field<QueryOptionsInputType>("options").Description("What else is done with the answer.");
    }
}
