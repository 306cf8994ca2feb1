using Capibara6.Core.ModelClients;
using Capibara6.GraphQLApi.Schema;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.ModelCatalog;

internal sealed class ModelType : ObjectGraphType<ModelDescription>
{
    public ModelType()
    {
        Name = "Model";
        Description = "A model that queries can go to.";
        Interface<NodeType>();
        Field<NonNullGraphType<IdGraphType>>("id").Description("Stable id, to name the model in a request.").Resolve(context => context.Source.Id);
        Field<NonNullGraphType<StringGraphType>>("name").Description("What people call it.").Resolve(context => context.Source.Name);
        Field<NonNullGraphType<StringGraphType>>("description").Description("What it is good for.").Resolve(context => context.Source.Description);
        Field<NonNullGraphType<IntGraphType>>("parametersBillion")
            .Description("Size in billions of parameters.").Resolve(context => context.Source.ParametersBillion);
        Field<NonNullGraphType<IntGraphType>>("contextWindow")
            .Description("Context window in tokens.").Resolve(context => context.Source.ContextWindow);
        Field<NonNullGraphType<MoneyType>>("promptPricePerMillion")
            .Description("Price of a million prompt tokens in US dollars.").Resolve(context => context.Source.PromptPricePerMillion);
        Field<NonNullGraphType<MoneyType>>("completionPricePerMillion")
            .Description("Price of a million completion tokens in US dollars.").Resolve(context => context.Source.CompletionPricePerMillion);
    }
}
