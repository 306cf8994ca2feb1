using Capibara6.Core.Queries;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Queries;

internal sealed class RoutingResultType : ObjectGraphType<RoutingResult>
{
    public RoutingResultType()
    {
        Name = "RoutingResult";
        Description = "Which model was chosen, and why.";
        Field<NonNullGraphType<FloatGraphType>>("model20bConfidence")
            .Description("How sure the router is that the 20B model will do, from 0 to 1.").Resolve(context => context.Source.Model20bConfidence);
        Field<NonNullGraphType<FloatGraphType>>("model120bConfidence")
            .Description("How sure the router is that the 120B model is needed, from 0 to 1.").Resolve(context => context.Source.Model120bConfidence);
        Field<NonNullGraphType<StringGraphType>>("selectedModel")
            .Description("Id of the model that was chosen.").Resolve(context => context.Source.SelectedModel);
        Field<NonNullGraphType<StringGraphType>>("reasoning")
            .Description("The decision in words.").Resolve(context => context.Source.Reasoning);
        Field<NonNullGraphType<FloatGraphType>>("complexity")
            .Description("How hard the question looks, from 0 to 1.").Resolve(context => context.Source.Complexity);
        Field<NonNullGraphType<StringGraphType>>("domain")
            .Description("What the question is about, such as code or general.").Resolve(context => context.Source.Domain);
    }
}
