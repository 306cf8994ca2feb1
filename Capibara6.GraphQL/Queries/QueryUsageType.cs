using Capibara6.Core.Queries;
using Capibara6.GraphQLApi.Schema;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Queries;

internal sealed class QueryUsageType : ObjectGraphType<QueryUsage>
{
    public QueryUsageType()
    {
        Name = "QueryUsage";
        Description = "What an answer cost.";
        Field<NonNullGraphType<IntGraphType>>("promptTokens").Description("Tokens sent to the model.").Resolve(context => context.Source.PromptTokens);
        Field<NonNullGraphType<IntGraphType>>("completionTokens")
            .Description("Tokens that the model wrote.").Resolve(context => context.Source.CompletionTokens);
        Field<NonNullGraphType<MoneyType>>("costUsd").Description("The price in US dollars.").Resolve(context => context.Source.CostUsd);
    }
}
