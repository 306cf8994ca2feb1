using Capibara6.Core;
using Capibara6.Core.Jobs;
using Capibara6.GraphQLApi.Queries;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Batches;

internal sealed class BatchItemResultType : ObjectGraphType<BatchItemResult>
{
    public BatchItemResultType()
    {
        Name = "BatchItemResult";
        Description = "The outcome of one question of a batch: a result, or an error.";
        Field<NonNullGraphType<IntGraphType>>("index").Description("Place in the batch, from 0.").Resolve(context => context.Source.Index);
        Field<StringGraphType>("customId")
            .Description("Your own name for the question; null when you gave none.").Resolve(context => context.Source.CustomId);
        Field<QueryResultType>("result").Description("The answer; null when there is an error.").Resolve(context => context.Source.Result);
        Field<BatchItemErrorType>("error").Description("Why there is no answer; null when there is one.").Resolve(context => context.Source.Error);
        Field<NonNullGraphType<IntGraphType>>("attempts").Description("How often a worker began it.").Resolve(context => context.Source.Attempts);
    }
}

internal sealed class BatchItemErrorType : ObjectGraphType<Failure>
{
    public BatchItemErrorType()
    {
        Name = "BatchItemError";
        Description = "Why a question of a batch has no answer.";
        Field<NonNullGraphType<StringGraphType>>("code")
            .Description("Stable code in snake_case, as in errors[].extensions.code.").Resolve(context => context.Source.Code);
        Field<NonNullGraphType<StringGraphType>>("message").Description("The reason in words.").Resolve(context => context.Source.Message);
    }
}
